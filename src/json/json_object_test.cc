#include "json/json_object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/json.h"

namespace certstead {
namespace {

using testing::ElementsAre;

class JsonObjectTest : public testing::Test {
 protected:
  const JsonObject& read(std::string_view text) {
    value_ = parse_json(text).value();
    object_.emplace(JsonObject::of(value_).value());
    return *object_;
  }

 private:
  boost::json::value value_;
  std::optional<JsonObject> object_;
};

template <class T>
std::string complaint(const Result<T>& result) {
  if (result) return "accepted";
  EXPECT_EQ(result.error().code, Code::kInvalid);
  return result.error().detail;
}

TEST_F(JsonObjectTest, MembersComeOutTyped) {
  const JsonObject& o = read(R"({"s":"a\u0000b","n":-5,"t":true,"l":["x","y"],"o":{"in":1},"other":1.5})");
  EXPECT_EQ(o.string("s").value(), std::string("a\0b", 3));
  EXPECT_EQ(o.integer("n").value(), -5);
  EXPECT_TRUE(o.boolean("t").value());
  EXPECT_THAT(o.strings("l").value(), ElementsAre("x", "y"));
  EXPECT_EQ(o.object("o").value().integer("in").value(), 1);
  EXPECT_EQ(o.members().size(), 6U);
}

TEST_F(JsonObjectTest, AMissingMemberIsNamed) {
  const JsonObject& o = read(R"({"order":{}})");
  EXPECT_EQ(complaint(o.string("status")), "the member \"status\" is missing");
  EXPECT_EQ(complaint(o.object("order").value().integer("n")), "the member \"order.n\" is missing");
}

TEST_F(JsonObjectTest, AWrongKindNamesPathExpectationAndFinding) {
  const JsonObject& o = read(R"({"a":{"b":[{"c":1}]},"t":"true","s":null})");
  const std::vector<JsonObject> list = o.object("a").value().objects("b").value();
  EXPECT_EQ(complaint(list.at(0).string("c")),
            "the member \"a.b[0].c\" must be a string, but it is a whole number");
  EXPECT_EQ(complaint(o.boolean("t")), "the member \"t\" must be true or false, but it is a string");
  EXPECT_EQ(complaint(o.string("s")), "the member \"s\" must be a string, but it is null");
  EXPECT_EQ(complaint(o.strings("a")), "the member \"a\" must be an array of strings, but it is an object");
}

TEST_F(JsonObjectTest, AWrongElementIsNamedByItsPlace) {
  const JsonObject& o = read(R"({"l":["x",["y"]],"o":[{},true]})");
  EXPECT_EQ(complaint(o.strings("l")), "the member \"l[1]\" must be a string, but it is an array");
  EXPECT_EQ(complaint(o.objects("o")), "the member \"o[1]\" must be an object, but it is true or false");
}

TEST_F(JsonObjectTest, IntegersAreWholeAndInRange) {
  const JsonObject& o =
      read(R"({"port":65536,"f":1.0,"e":1e3,"big":9223372036854775808,"min":-9223372036854775808})");
  EXPECT_EQ(complaint(o.integer("port", 1, 65535)),
            "the member \"port\" must be a whole number from 1 to 65535, but it is 65536");
  EXPECT_EQ(o.integer("port", 1, 65536).value(), 65536);
  EXPECT_EQ(
      complaint(o.integer("f")),
      "the member \"f\" must be a whole number of at most 64 bits, but it is a number with a fraction or an "
      "exponent");
  EXPECT_FALSE(o.integer("e"));
  EXPECT_FALSE(o.integer("big"));
  EXPECT_EQ(o.integer("min").value(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(complaint(o.optional_integer("min", 0)),
            "the member \"min\" must be a whole number of at least 0, but it is -9223372036854775808");
}

TEST_F(JsonObjectTest, OptionalMembersMayBeAbsentOrNull) {
  const JsonObject& o = read(R"({"null":null,"s":"v","n":3,"t":false,"l":[],"o":{},"ol":[{}]})");
  for (const char* name : {"absent", "null"}) {
    EXPECT_EQ(o.optional_string(name).value(), std::nullopt);
    EXPECT_EQ(o.optional_integer(name).value(), std::nullopt);
    EXPECT_EQ(o.optional_boolean(name).value(), std::nullopt);
    EXPECT_EQ(o.optional_strings(name).value(), std::nullopt);
    EXPECT_FALSE(o.optional_object(name).value().has_value());
    EXPECT_FALSE(o.optional_objects(name).value().has_value());
  }
  EXPECT_EQ(o.optional_string("s").value(), "v");
  EXPECT_EQ(o.optional_integer("n").value(), 3);
  EXPECT_EQ(o.optional_boolean("t").value(), false);
  EXPECT_EQ(o.optional_strings("l").value(), std::vector<std::string>{});
  EXPECT_TRUE(o.optional_object("o").value().has_value());
  EXPECT_EQ(o.optional_objects("ol").value()->size(), 1U);
}

TEST_F(JsonObjectTest, AnOptionalMemberOfTheWrongKindIsStillWrong) {
  const JsonObject& o = read(R"({"s":7,"o":[]})");
  EXPECT_EQ(complaint(o.optional_string("s")), "the member \"s\" must be a string, but it is a whole number");
  EXPECT_EQ(complaint(o.optional_object("o")), "the member \"o\" must be an object, but it is an array");
}

TEST_F(JsonObjectTest, HasTellsNullFromAbsent) {
  const JsonObject& o = read(R"({"null":null})");
  EXPECT_TRUE(o.has("null"));
  EXPECT_FALSE(o.has("absent"));
  EXPECT_EQ(o.find("absent"), nullptr);
}

TEST(JsonObject, OnlyAnObjectCanBeViewed) {
  const boost::json::value array = parse_json("[]").value();
  EXPECT_EQ(complaint(JsonObject::of(array)), "the JSON value must be an object, but it is an array");
  EXPECT_EQ(complaint(JsonObject::of(array, "answer")),
            "the member \"answer\" must be an object, but it is an array");
}

}  // namespace
}  // namespace certstead

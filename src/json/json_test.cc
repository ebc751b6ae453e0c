#include "json/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certstead {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string complaint(std::string_view text, const JsonLimits& limits = {}) {
  const Result<boost::json::value> result = parse_json(text, limits);
  if (result) return "accepted: " + to_json_text(*result);
  EXPECT_EQ(result.error().code, Code::kInvalid);
  return result.error().detail;
}

std::string round_trip(std::string_view text) { return to_json_text(parse_json(text).value()); }

TEST(Json, EveryKindOfValueSurvivesReadingAndWriting) {
  for (const char* text : {"null", "true", "-7", "18446744073709551615", "\"a\\u0001\\\"b\"", "[]", "{}",
                           R"({"b":1,"a":[1,{"c":null}],"":""})"})
    EXPECT_EQ(round_trip(text), text);
  EXPECT_EQ(round_trip(" {\n\t\"a\" : 1 } \r\n"), R"({"a":1})");
  EXPECT_EQ(round_trip(R"("\u20ac \ud83d\ude00")"), "\"\xe2\x82\xac \xf0\x9f\x98\x80\"");
}

TEST(Json, AMemberGivenTwiceIsRefusedWhereTheSecondOneEnds) {
  EXPECT_THAT(complaint(R"({"alg":"ES256","alg":"none"})"),
              AllOf(HasSubstr("\"alg\" is given twice"), HasSubstr("at byte 19")));
  EXPECT_THAT(complaint(R"({"a":{"b":1,"c":[{"x":1,"x":2}]}})"), HasSubstr("\"x\" is given twice"));
}

TEST(Json, AMemberGivenTwiceIsFoundInAnySpelling) {
  EXPECT_THAT(complaint(R"({"alg":1,"\u0061lg":2})"), HasSubstr("\"alg\" is given twice"));
  EXPECT_THAT(complaint(R"({"":1,"":2})"), HasSubstr("given twice"));
  const std::string long_name(70'000, 'n');
  EXPECT_THAT(complaint("{\"" + long_name + "\":1,\"" + long_name + "\":2}"), HasSubstr("given twice"));
}

TEST(Json, OneNameMayAppearInDifferentObjects) {
  EXPECT_EQ(round_trip(R"({"a":{"a":1},"b":[{"a":2},{"a":3}]})"), R"({"a":{"a":1},"b":[{"a":2},{"a":3}]})");
}

TEST(Json, NamesInErrorsCantDriveATerminal) {
  EXPECT_THAT(complaint("{\"\\u001b[2J\":1,\"\\u001b[2J\":2}"), HasSubstr("\\x1b[2J"));
}

TEST(Json, NumbersBeyondADoubleAreRefused) {
  EXPECT_THAT(complaint("[1,1e400]"), HasSubstr("the number is too large"));
  EXPECT_THAT(complaint("-1e99999"), HasSubstr("the number is too large"));
  EXPECT_TRUE(parse_json("1e308"));
}

TEST(Json, WhatIsNotJsonIsRefusedWithThePlace) {
  EXPECT_THAT(complaint("{\"a\":1} x"), HasSubstr("at byte 8"));
  EXPECT_THAT(complaint("[1,2"), AllOf(HasSubstr("ends too early"), HasSubstr("at byte 4")));
  EXPECT_THAT(complaint(""), HasSubstr("ends too early"));
  EXPECT_THAT(complaint("[1,]"), HasSubstr("at byte 3"));
  for (const char* bad : {"{a:1}", "[1] [2]", "NaN", "Infinity", "01", "+1", ".5", "1.", "'a'", "[1]//x",
                          "/**/1", "\xef\xbb\xbf{}", "\"tab\there\"", "tru", "{\"a\":1,}"})
    EXPECT_THAT(complaint(bad), HasSubstr("at byte")) << bad;
  EXPECT_THAT(complaint(std::string_view("1\0", 2)), HasSubstr("at byte 1"));
}

TEST(Json, TextThatIsNotUtf8IsRefused) {
  for (const char* bad : {"\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"",
                          "\"\\ud800\"", "\"\xe2\x82\"", "{\"\xff\":1}"})
    EXPECT_THAT(complaint(bad), HasSubstr("at byte")) << bad;
}

TEST(Json, LimitsOfSizeAndDepthAreKept) {
  EXPECT_THAT(complaint("[1,2,3]", {.max_bytes = 6}), HasSubstr("7 bytes; at most 6"));
  EXPECT_TRUE(parse_json("[1,2,3]", {.max_bytes = 7}));
  const std::string deep32 = std::string(32, '[') + std::string(32, ']');
  EXPECT_TRUE(parse_json(deep32));
  EXPECT_THAT(complaint("[" + deep32 + "]"), HasSubstr("more than 32 levels"));
  EXPECT_THAT(complaint(R"({"a":{"b":1}})", {.max_depth = 1}), HasSubstr("more than 1 levels"));
}

TEST(Json, PrettyTextPutsOneMemberOnALine) {
  const boost::json::value value = parse_json(R"({"a":[1,"two"],"b":{},"c":[],"d":{"e":null}})").value();
  EXPECT_EQ(to_pretty_json(value),
            "{\n  \"a\": [\n    1,\n    \"two\"\n  ],\n  \"b\": {},\n  \"c\": [],\n"
            "  \"d\": {\n    \"e\": null\n  }\n}\n");
  EXPECT_EQ(to_json_text(parse_json(to_pretty_json(value)).value()), to_json_text(value));
}

}  // namespace
}  // namespace certstead

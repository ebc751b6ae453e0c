#include "api/query.h"

#include <gmock/gmock.h>

namespace certstead {
namespace {

using testing::HasSubstr;

TEST(PercentDecode, ReadsEscapesAndLeavesTheRest) {
  EXPECT_EQ(percent_decode("b%C3%BCcher+x").value(),
            "b\xC3\xBC"
            "cher+x");
}

TEST(PercentDecode, RefusesBrokenEscapesAndNul) {
  for (const char* text : {"%", "%1", "%zz", "a%0", "%00"}) {
    EXPECT_EQ(percent_decode(text).error().code, Code::kInvalid) << text;
  }
}

TEST(Query, ReadsNamesAndValues) {
  const auto query = Query::parse("after=a%2Eb&limit=7&x=a+b", "after limit x");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->text("after"), "a.b");
  EXPECT_EQ(query->number("limit", 1, 1, 10).value(), 7);
  EXPECT_EQ(query->text("x"), "a b");
}

TEST(Query, AbsentNamesHaveTheirDefault) {
  const auto query = Query::parse("", "after limit");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->text("after"), "");
  EXPECT_EQ(query->number("limit", 42, 1, 100).value(), 42);
  EXPECT_FALSE(query->flag("after").value());
}

TEST(Query, RefusesUnknownNamesAndSaysWhatThereIs) {
  const auto query = Query::parse("limt=7", "after limit");
  ASSERT_FALSE(query);
  EXPECT_THAT(query.error().detail, HasSubstr("'limt'"));
  EXPECT_THAT(query.error().detail, HasSubstr("after limit"));
  EXPECT_FALSE(Query::parse("x=1", ""));
}

TEST(Query, RefusesANameGivenTwice) {
  EXPECT_THAT(Query::parse("limit=1&limit=2", "limit").error().detail, HasSubstr("twice"));
}

TEST(Query, RefusesNumbersOutOfRange) {
  for (const char* text :
       {"limit=0", "limit=11", "limit=-1", "limit=", "limit=1x", "limit=99999999999999999999"}) {
    const auto query = Query::parse(text, "limit");
    ASSERT_TRUE(query) << text;
    EXPECT_EQ(query->number("limit", 1, 1, 10).error().code, Code::kInvalid) << text;
  }
}

TEST(Query, FlagsAreOneOrZero) {
  EXPECT_TRUE(Query::parse("directory=1", "directory")->flag("directory").value());
  EXPECT_TRUE(Query::parse("directory=true", "directory")->flag("directory").value());
  EXPECT_FALSE(Query::parse("directory=0", "directory")->flag("directory").value());
  EXPECT_FALSE(Query::parse("directory=maybe", "directory")->flag("directory"));
}

}  // namespace
}  // namespace certstead

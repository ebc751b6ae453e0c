#include "formula/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formula/formula_testing.h"

namespace certstead::formula {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string filled(const std::string& text, Escape where, Scope& scope) {
  const Result<Template> parsed = Template::parse(text);
  if (!parsed) return "PARSE " + parsed.error().detail;
  const Result<std::string> out = parsed->fill(scope, test_budget(), where);
  return out ? *out : "ERROR " + out.error().detail;
}

TEST(Template, FillsItsParts) {
  Scope scope;
  ASSERT_TRUE(scope.set("zone_id", "z/1"));
  EXPECT_EQ(filled("https://x/${zone_id}/${@Text(1 + 1)}?a=$1", Escape::kUrl, scope),
            "https://x/z%2F1/2?a=$1");
  EXPECT_EQ(filled("no part", Escape::kUrl, scope), "no part");
  EXPECT_EQ(filled("", Escape::kUrl, scope), "");
}

TEST(Template, ABraceInATextOfTheFormulaDoesNotCloseIt) {
  Scope scope;
  EXPECT_EQ(filled(R"(<${'}' + {a\}b} + "}"}>)", Escape::kPlain, scope), "<}a}b}>");
}

TEST(Template, TwoDollarsStandForTheMarkItself) {
  Scope scope;
  EXPECT_EQ(filled("$${a} ${\"b\"}", Escape::kPlain, scope), "${a} b");
}

TEST(Template, NoValueBreaksOutOfItsPlace) {
  Scope scope;
  ASSERT_TRUE(scope.set("v", "a\"b\\c\r\n&x=/../\x01?#"));
  EXPECT_EQ(filled("{\"k\":\"${v}\"}", Escape::kJsonString, scope), R"({"k":"a\"b\\c\r\n&x=/../\u0001?#"})");
  EXPECT_EQ(filled("https://h/${v}", Escape::kUrl, scope),
            "https://h/a%22b%5Cc%0D%0A%26x%3D%2F..%2F%01%3F%23");
  EXPECT_EQ(filled("k=${v}", Escape::kForm, scope), "k=a%22b%5Cc%0D%0A%26x%3D%2F..%2F%01%3F%23");
  EXPECT_THAT(filled("X: ${v}", Escape::kHeader, scope),
              HasSubstr("a header can't hold the character '\\x0d'"));
  ASSERT_TRUE(scope.set("v",
                        "\xFF"
                        "a"));
  EXPECT_EQ(filled("${v}", Escape::kJsonString, scope),
            "\xEF\xBF\xBD"
            "a");
}

TEST(Template, TheEscaperSeesWhatStandsBefore) {
  Scope scope;
  const Result<Template> parsed = Template::parse("a?${1}${2}");
  ASSERT_TRUE(parsed);
  const Result<std::string> out = parsed->fill(
      scope, test_budget(), [](std::string_view before, std::string_view value) -> Result<std::string> {
        return "<" + std::string(before) + "," + std::string(value) + ">";
      });
  ASSERT_TRUE(out);
  EXPECT_EQ(*out, "a?<a?,1><a?<a?,1>,2>");
}

TEST(Template, AListIsNoPart) {
  Scope scope;
  EXPECT_THAT(filled("${1 : 2}", Escape::kPlain, scope), HasSubstr("2 elements where one is expected"));
}

TEST(Template, OneFormulaKeepsItsValue) {
  Scope scope;
  const Result<Template> one = Template::parse("${1 : 2}");
  ASSERT_TRUE(one);
  EXPECT_TRUE(one->is_one_formula());
  EXPECT_EQ(one->value(scope, test_budget())->numbers(), (std::vector<double>{1, 2}));
  const Result<Template> more = Template::parse("${1}x");
  ASSERT_TRUE(more);
  EXPECT_FALSE(more->is_one_formula());
  EXPECT_EQ(more->value(scope, test_budget())->texts(), (std::vector<std::string>{"1x"}));
}

TEST(Template, MistakesAreNamedWithTheirPlaceInTheFile) {
  const auto mistake = [](const std::string& text) { return Template::parse(text, {10, 5}).error().detail; };
  EXPECT_THAT(mistake("ab${"), StartsWith("line 10, column 9: this ${ is not closed"));
  EXPECT_THAT(mistake("a\nb ${ 1 + }"), StartsWith("line 11, column 10: an expression is expected"));
  EXPECT_THAT(mistake("${}"), HasSubstr("there is no formula"));
  EXPECT_THAT(mistake("${1}${@Foo}"), StartsWith("line 10, column 11: there is no function @Foo"));
}

TEST(Template, NamesAllFieldsThatItReads) {
  const Result<Template> parsed = Template::parse("${b}/${A + b}");
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->names(), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace certstead::formula

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fake_clock.h"
#include "formula/formula.h"

namespace certstead::formula {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> texts(const std::string& text, Scope& scope) {
  const Result<Formula> formula = Formula::parse(text);
  if (!formula) return {"PARSE " + formula.error().detail};
  const Result<Value> value = evaluate(*formula, scope, {});
  return value ? value->as_texts() : std::vector<std::string>{"ERROR " + value.error().detail};
}

std::vector<std::string> texts(const std::string& text) {
  Scope scope;
  return texts(text, scope);
}

TEST(Formula, BuildsTheBodyThatAddsOneOfTwoValues) {
  Scope scope;
  (void)scope.set("param_DnsTxtValue", "new");
  (void)scope.set("retJSON_QryAdd.records", Value::texts({"\"old\"", "\"older\""}));
  EXPECT_THAT(texts(R"x(FIELD current := @ReplaceSubString (retJSON_QryAdd.records; {"};{});

L:= @Trim (param_DnsTxtValue:current);
X:= @if (L=""; "";@Implode ({"\\"} + L + {\\""}; ", "));

'{"records": [' + X + ']}')x",
                    scope),
              ElementsAre(R"({"records": ["\"new\"", "\"old\"", "\"older\""]})"));
}

TEST(Formula, ListsBindMoreTightlyThanSums) {
  EXPECT_THAT(texts(R"("a" + "b" : "c")"), ElementsAre("ab", "ac"));
}

}  // namespace
}  // namespace certstead::formula

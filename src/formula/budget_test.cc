// Nothing makes a formula hang, crash or fill the memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "formula/formula_testing.h"
#include "formula/program.h"

namespace certstead::formula {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string repeated(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

class Hostile : public testing::TestWithParam<std::string> {};

TEST_P(Hostile, FormulasAreStopped) {
  Scope scope;
  const Result<Formula> formula = Formula::parse(GetParam());
  if (!formula) {
    EXPECT_THAT(formula.error().detail,
                testing::AnyOf(HasSubstr("nested"), HasSubstr("too many"), HasSubstr("more than")));
    return;
  }
  const Budget budget = test_budget();
  Usage used;
  const Result<Value> value = evaluate(*formula, scope, budget, &used);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, Code::kLimited) << value.error().detail;
  EXPECT_EQ(value.error().id, "formula-budget");
}

INSTANTIATE_TEST_SUITE_P(
    All, Hostile,
    testing::Values(
        "@While(1; 1)", "@DoWhile(1; 1)", "@For(1; 1; 1; 1)", "@While(1; @IsError(@While(1; 1)))",
        R"(@Repeat("x"; 1e9))", R"(@Repeat("x"; 1e300))", R"(@Repeat(@Repeat("x"; 1e4); 1e4))",
        R"(x := "x"; @While(1; x := x + x))", R"(x := "x"; @While(1; x := x : x))",
        R"(x := @Explode(@Repeat("a,"; 5000)); x *+ x *+ x)",
        R"(x := @Repeat("a"; 5000); x := @ReplaceSubstring(x; "a"; x); @ReplaceSubstring(x; "a"; x))",
        R"(@While(1; @Matches(@Repeat("a"; 9999); @Repeat("+a"; 9999))))",
        R"(x := @Explode(@Repeat("a,"; 50000)); @IsMember(x; x : "b" : x) & @IsMember("c" : x; x) & @While(1;1))",
        R"(i := 0; @While(1; i := i + 1; @SetField("f" + @Text(i); @Repeat("y"; 100))))",
        repeated("(", 100000), repeated("@If(1;", 100000), repeated("-", 100) + repeated("(", 1000),
        repeated("a[", 100000), repeated("a := ", 100000), repeated("FIELD a := ", 100000),
        repeated("@Do(a := ", 100000), "1" + repeated(" : -1", 1000), "1" + repeated(" = !1", 1000),
        "x" + repeated("[1]", 1000), std::string(std::size_t{300} << 10, ' ')),
    [](const auto& test) { return "Number" + std::to_string(test.index); });

TEST(Budget, LongChainsNeedNoDepth) {
  EXPECT_EQ(run("1" + repeated(" + 1", 20000)), "#20001");
  EXPECT_EQ(run(repeated("!", 10001) + "1"), "#0");
  EXPECT_EQ(run(repeated("-", 10000) + "1"), "#1");
}

TEST(Budget, AllowsWhatPeopleNest) {
  EXPECT_EQ(run(repeated("@If(0 = 1; 1; (2 + ", 30) + "0" + repeated("))", 30)), "#60");
}

TEST(Budget, EndsWithTheDeadline) {
  Scope scope;
  Budget budget = test_budget();
  budget.steps = std::uint64_t{1} << 60U;
  budget.deadline = Deadline::after(std::chrono::milliseconds{20});
  EXPECT_THAT(run("@While(1; 1)", scope, budget), HasSubstr("takes too long"));
}

TEST(Budget, CantBeCaughtByTheFormula) {
  EXPECT_THAT(run(R"(@IfError(@Repeat("x"; 1e9); "caught"))"), HasSubstr("was stopped"));
}

TEST(Budget, DepthIsLimitedWhereItIsSetLower) {
  Scope scope;
  Budget budget = test_budget();
  budget.depth = 3;
  EXPECT_EQ(run("1 + 1", scope, budget), "#2");
  EXPECT_THAT(run("((((1 + (2 + (3 + 4))))))", scope, budget), HasSubstr("nested more than 3 deep"));
}

// Programs out of nothing but the pieces of the language, mostly well-formed.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string program() {
    std::string out;
    for (int i = pick(5); i >= 0; --i) out += statement() + ";";
    return out + expression(4);
  }

 private:
  int pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
  std::string name() { return std::string(1, static_cast<char>('a' + pick(4))); }
  std::string statement() {
    switch (pick(4)) {
      case 0:
        return name() + " := " + expression(3);
      case 1:
        return "FIELD " + name() + " := @IfError(" + expression(3) + ";1)";
      case 2:
        return "@While(" + expression(2) + ";" + expression(2) + ")";
      default:
        return "@SetField(" + expression(1) + ";" + expression(2) + ")";
    }
  }
  std::string expression(int depth) {
    static constexpr std::string_view kLeaves[] = {"1",     "0",     "-3.5", "\"a\"", "{b,c d}",
                                                   "'x.y'", "1e300", "@Now", "\"\"",  "@Nothing"};
    static constexpr std::string_view kOperators[] = {"+",  "-", "*", "/",  ":",  "=",  "<",
                                                      "!=", "&", "|", "*+", "**", "*=", "*-"};
    if (depth > 1 && pick(2) == 0) return "@IfError(" + expression(depth - 1) + ";" + expression(0) + ")";
    if (depth <= 0) return pick(2) == 0 ? name() : std::string(kLeaves[pick(std::size(kLeaves))]);
    switch (pick(6)) {
      case 0:
        return "(" + expression(depth - 1) + std::string(kOperators[pick(std::size(kOperators))]) +
               expression(depth - 1) + ")";
      case 1:
        return "!" + expression(depth - 1);
      case 2:
        return expression(0) + "[" + expression(depth - 1) + "]";
      default:
        return call(depth);
    }
  }
  std::string call(int depth) {
    static const std::vector<const Function*> kAll = [] {
      std::vector<const Function*> all;
      for (const auto part : {cut_functions(), text_functions(), search_functions(), list_functions(),
                              number_functions(), codec_functions()})
        for (const Function& function : part) all.push_back(&function);
      for (const auto* lazy :
           {"@if", "@do", "@transform", "@select", "@sort", "@iserror", "@iferror", "@for"})
        all.push_back(find_function(lazy));
      return all;
    }();
    const Function& function = *kAll[static_cast<std::size_t>(pick(static_cast<int>(kAll.size())))];
    int count = function.least;
    if (function.most != kAny && function.most > function.least)
      count += pick(function.most - function.least + 1);
    std::string out = std::string(function.name) + "(";
    for (int i = 0; i < count; ++i) out += (i > 0 ? ";" : "") + expression(depth - 1);
    return out + ")";
  }

  std::mt19937 random_;
};

TEST(Property, RandomProgramsEndWithinTheirBudgetAndSayTheSameTwice) {
  Budget budget = test_budget();
  budget.steps = 10'000;
  budget.bytes = std::size_t{1} << 20;
  int fine = 0;
  for (unsigned seed = 0; seed < 500; ++seed) {
    const std::string text = Generator(seed).program();
    const Result<Formula> formula = Formula::parse(text);
    ASSERT_TRUE(formula) << text << "\n" << formula.error().detail;
    Scope first, second;
    Usage used;
    const Result<Value> once = evaluate(*formula, first, budget, &used);
    const Result<Value> again = evaluate(*formula, second, budget);
    ASSERT_EQ(once.has_value(), again.has_value()) << text;
    if (!once) {
      EXPECT_EQ(once.error().detail, again.error().detail) << text;
      continue;
    }
    ++fine;
    EXPECT_EQ(*once, *again) << text;
    EXPECT_TRUE(once->is_data()) << text;
    EXPECT_LE(used.steps, budget.steps) << text;
    EXPECT_LE(used.bytes, budget.bytes) << text;
  }
  EXPECT_GT(fine, 100);
}

}  // namespace
}  // namespace certstead::formula

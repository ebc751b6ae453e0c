// The language: texts, names, operators, statements, lazy forms, and what it says of errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formula/formula_testing.h"

namespace certstead::formula {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Language : public testing::TestWithParam<Case> {};

TEST_P(Language, GivesWhatTheManualSays) { EXPECT_EQ(run(GetParam().formula), GetParam().gives); }

INSTANTIATE_TEST_SUITE_P(
    Texts, Language,
    testing::Values(Case{R"("a\"b")", R"(a"b)"}, Case{R"("a\\b")", R"(a\b)"}, Case{R"({a"b})", R"(a"b)"},
                    Case{R"({a\}b})", "a}b"}, Case{R"({"\\"})", R"("\")"}, Case{R"({})", ""},
                    Case{R"('{"a":"' + "x" + '"}')", R"({"a":"x"})"}, Case{R"('\\"')", R"(\")"},
                    Case{R"('it\'s')", "it's"}, Case{"\"two\nlines\"", "two\nlines"}, Case{"", ""},
                    Case{" ; ; ", ""}, Case{"REM \"nothing\"; \"x\"", "x"}, Case{"rem {a;b}; 1", "#1"}));

INSTANTIATE_TEST_SUITE_P(Numbers, Language,
                         testing::Values(Case{"1.50", "#1.5"}, Case{".5", "#0.5"}, Case{"1e3", "#1000"},
                                         Case{"-2 + 5", "#3"}, Case{"--2", "#2"}, Case{"+2", "#2"},
                                         Case{"2 + 3 * 4", "#14"}, Case{"(2 + 3) * 4", "#20"},
                                         Case{"7 / 2", "#3.5"}, Case{"0.1 + 0.2", "#0.3"},
                                         Case{"9007199254740993", "#9007199254740992"},
                                         Case{"1e20", "#1e+20"}, Case{"-0", "#0"}, Case{"10 - 2 - 3", "#5"}));

INSTANTIATE_TEST_SUITE_P(
    Lists, Language,
    testing::Values(Case{R"("a" : "b" + "c")", "ac|bc"},
                    Case{R"(("a" : "b") + ("x" : "y" : "z"))", "ax|by|bz"}, Case{"-1 : 2", "#-1|#-2"},
                    Case{"(-1) : 2", "#-1|#2"}, Case{"1 : 2 : 3 + 10", "#11|#12|#13"},
                    Case{R"(("a" : "b") *+ ("1" : "2"))", "a1|a2|b1|b2"},
                    Case{"(2 : 3) ** (4 : 5)", "#8|#10|#12|#15"}, Case{"(8 : 6) */ 2", "#4|#3"},
                    Case{"(8 : 6) *- (1 : 2)", "#7|#6|#5|#4"}, Case{R"(("a" : "b" : "c")[2])", "b"},
                    Case{R"(("a" : "b")[3])", ""}, Case{"(5 : 6)[1 + 1]", "#6"},
                    Case{R"(L := "a" : "b"; L[1] + L[2])", "ab"},
                    Case{R"x(({"\\"} + ("p" : "q") + {\\""}))x", R"("\"p\""|"\"q\"")"}));

INSTANTIATE_TEST_SUITE_P(
    Comparisons, Language,
    testing::Values(Case{R"("a" = "A")", "#0"}, Case{R"("a" = "b" : "c")", "#0"},
                    Case{R"("a" = "b" : "a")", "#1"}, Case{"2 = -2 : 1", "#0"}, Case{"1 = !0", "#1"},
                    Case{R"(("a" : "b") = ("b" : "a"))", "#0"}, Case{R"(("a" : "b") *= ("b" : "a"))", "#1"},
                    Case{R"(5 = "5")", "#0"}, Case{R"(5 != "")", "#1"}, Case{R"(5 < "a")", "#0"},
                    Case{R"("a" < "b")", "#1"}, Case{"1 <> 2", "#1"}, Case{"1 >< 1", "#0"},
                    Case{"2 >= 2 & 1 <= 0", "#0"}, Case{"1 = 1 | 1 = 2", "#1"}, Case{"!1 = 2", "#1"},
                    Case{"!(1 = 1)", "#0"}, Case{"!!5", "#1"}, Case{"1 = 1 & !0", "#1"},
                    Case{R"(missing = "")", "#1"}, Case{"@Now = @Now", "#1"}, Case{R"(@Now != "")", "#1"}));

INSTANTIATE_TEST_SUITE_P(
    Forms, Language,
    testing::Values(
        Case{R"(@if(1; "a"; @Error))", "a"}, Case{R"(@IF (0; @Error; 0; @Error; "c"))", "c"},
        Case{"@Do(x := 1; x := x + 1; x * 10)", "#20"}, Case{"n := 0; @While(n < 5; n := n + 2); n", "#6"},
        Case{"n := 9; @DoWhile(n := n + 1; n < 5); n", "#10"},
        Case{R"(s := ""; @For(i := 1; i <= 3; i := i + 1; s := s + @Text(i)); s)", "123"},
        Case{R"(@Transform("a" : "bb" : "c"; "x"; @If(@Length(x) = 1; x + "!"; @Nothing)))", "a!|c!"},
        Case{R"(@Transform("a"; "x"; @Nothing))", ""}, Case{R"(@Select(2; "a"; "b"; @Error))", "b"},
        Case{R"(@Select(9; "a"; "b"))", "b"}, Case{R"(@If(1; @Return("early"); ""); "late")", "early"},
        Case{R"(@While(1; @Return("out")); "late")", "out"}, Case{"@IsError(@Error)", "#1"},
        Case{R"(x := @TextToNumber("y"); @If(@IsError(x); "bad"; x))", "bad"},
        Case{R"(@IfError(1 / 0; "none"))", "none"}, Case{"@IsError(1 : \"a\")", "#1"},
        Case{R"(@Set("x"; 5); x)", "#5"}, Case{"x := y := 3; x + y", "#6"},
        Case{R"(@Sort("b" : "C" : "a"))", "a|b|C"}, Case{R"(@Sort("b" : "c" : "a"; [Descending]))", "c|b|a"},
        Case{"@Sort(3 : 1 : 2)", "#1|#2|#3"},
        Case{R"(@Sort("ccc" : "a" : "bb"; [CustomSort]; @Length($A) < @Length($B)))", "ccc|bb|a"},
        Case{R"(DEFAULT d := "x"; d)", "x"}, Case{"SELECT 1 = 1;", "#1"},
        Case{R"(f(1))", "PARSE line 1, column 2: ';' is expected, and '(' found"}));

TEST(Fields, LiveFromOneFormulaToTheNext) {
  Scope scope;
  EXPECT_EQ(run(R"(FIELD param_Sub := @Left("a.b"; "."); "url")", scope), "url");
  EXPECT_EQ(run("PARAM_SUB", scope), "a");
  EXPECT_EQ(run(R"(@SetField("Count"; 1 : 2); count)", scope), "#1|#2");
  EXPECT_EQ(run(R"(@GetField("cou" + "nt"))", scope), "#1|#2");
  EXPECT_EQ(run("t := 1; t", scope), "#1");
  EXPECT_EQ(run("t", scope), "");
}

TEST(Fields, NamesHoldDotsAndDigits) {
  Scope scope;
  ASSERT_TRUE(scope.set("retJSON_Lookup.result.0.id", "z1"));
  EXPECT_EQ(run(R"("/" + retjson_lookup.result.0.ID + "/")", scope), "/z1/");
}

TEST(Fields, GoWhenTheyAreMadeUnavailable) {
  Scope scope;
  ASSERT_TRUE(scope.set("a", "1"));
  EXPECT_EQ(run("@IsAvailable(a)", scope), "#1");
  EXPECT_EQ(run("FIELD a := @DeleteField; @IsAvailable(a) : @IsUnavailable(a)", scope), "#0|#1");
  EXPECT_EQ(scope.find("a"), nullptr);
}

TEST(Fields, AFieldHidesNoLongerBehindAVariableOfItsName) {
  Scope scope;
  EXPECT_EQ(run("x := 1; FIELD x := 2; x", scope), "#2");
}

TEST(Fields, ADefaultGivesWayToAFieldThatIsThere) {
  Scope scope;
  ASSERT_TRUE(scope.set("d", "there"));
  EXPECT_EQ(run(R"(DEFAULT d := "x"; d)", scope), "there");
}

TEST(Fields, NeverKeepAnError) {
  Scope scope;
  EXPECT_EQ(run("FIELD x := 1 / 0; \"fine\"", scope), "ERROR line 1, column 14: a number is divided by 0");
  EXPECT_EQ(scope.find("x"), nullptr);
}

TEST(Fields, AreListedByTheNamesThatAFormulaReads) {
  const Result<Formula> formula =
      Formula::parse(R"(Own := cfg_URL; FIELD set := own + @GetField("x"); Zone.0.id)");
  ASSERT_TRUE(formula);
  EXPECT_THAT(formula->names(), ElementsAre("cfg_url", "own", "zone.0.id"));
}

TEST(Fields, TakeOnlySoMuchTogether) {
  Scope scope(2000);
  EXPECT_EQ(run(R"(FIELD a := @Repeat("x"; 1000); "ok")", scope), "ok");
  EXPECT_THAT(run(R"(FIELD b := @Repeat("x"; 1000); "ok")", scope),
              HasSubstr("more than 2000 bytes together"));
  EXPECT_EQ(run(R"(FIELD a := "small"; FIELD b := @Repeat("x"; 1000); "ok")", scope), "ok");
}

class Mistakes : public testing::TestWithParam<Case> {};

TEST_P(Mistakes, AreNamedWithLineAndColumn) {
  EXPECT_THAT(run(GetParam().formula), StartsWith(GetParam().gives));
}

INSTANTIATE_TEST_SUITE_P(
    All, Mistakes,
    testing::Values(
        Case{"\"a\" +\n  @Foo(1)", "PARSE line 2, column 3: there is no function @Foo"},
        Case{"@Left(\"a\")", "PARSE line 1, column 1: @Left takes 2 arguments, and has 1"},
        Case{"@If(1; 2)", "PARSE line 1, column 1: @If takes an odd number of arguments: pairs"},
        Case{"\"\xC3\xA4\" + 'open",
             "PARSE line 1, column 7: the text that begins here with ' is not closed"},
        Case{"(1", "PARSE line 1, column 3: ')' is expected, and the end of the formula found"},
        Case{"1 2", "PARSE line 1, column 3: ';' is expected, and a number found"},
        Case{"a := ", "PARSE line 1, column 6: an expression is expected, and the end of the formula found"},
        Case{"a ? b", "PARSE line 1, column 3: the character '?' has no meaning here"},
        Case{"@DbLookup(1)", "PARSE line 1, column 1: the function @DbLookup reaches outside of the formula"},
        Case{"ENVIRONMENT x := 1", "PARSE line 1, column 1: ENVIRONMENT writes to a notes.ini"},
        Case{"1e999", "PARSE line 1, column 1: this number is out of range"},
        Case{"\"a\" + 1", "ERROR line 1, column 5: this operator can't take text and a number; @Text"},
        Case{"1 : \"a\"", "ERROR line 1, column 3: a list can't hold a number and text"},
        Case{"@If(\"yes\"; 1; 2)", "ERROR line 1, column 5: a condition must be a number, and this is text"},
        Case{"1 +\n 1 / 0", "ERROR line 2, column 4: a number is divided by 0"},
        Case{"(1 : 2)[0]", "ERROR line 1, column 1: subscripts begin with 1"},
        Case{"@LowerCase(5)", "ERROR line 1, column 1: @LowerCase: the argument must be text"},
        Case{"@Error", "ERROR line 1, column 1: @Error: the formula says that this is an error"},
        Case{"1e308 * 10", "ERROR line 1, column 7: the result is too large"},
        Case{"@SetField(\"\"; 1)", "ERROR line 1, column 11: a name must be one text"}),
    [](const auto& test) { return "Number" + std::to_string(test.index); });

TEST(Mistakes, PositionsCountFromTheOriginThatIsGiven) {
  const Result<Formula> formula = Formula::parse("x +\n+ )", {7, 20});
  ASSERT_FALSE(formula);
  EXPECT_THAT(formula.error().detail, StartsWith("line 8, column 3: "));
}

}  // namespace
}  // namespace certstead::formula

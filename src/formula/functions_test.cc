// Every function, as a table.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formula/formula_testing.h"

namespace certstead::formula {
namespace {

class Functions : public testing::TestWithParam<Case> {};

TEST_P(Functions, GiveWhatTheTableSays) { EXPECT_EQ(run(GetParam().formula), GetParam().gives); }

INSTANTIATE_TEST_SUITE_P(
    Cutting, Functions,
    testing::Values(Case{R"(@Left("a.b.c"; "."))", "a"}, Case{R"(@Left("abc"; "."))", ""},
                    Case{R"(@Left("a.b" : "c.d"; "."))", "a|c"}, Case{R"(@Left("\u00e4bc"; 3))", "u00"},
                    Case{"@Left(\"\xC3\xA4\xC3\xB6x\"; 2)", "\xC3\xA4\xC3\xB6"},
                    Case{R"(@Left("ab"; 9))", "ab"}, Case{R"(@Left("ab"; -1))", "ab"},
                    Case{R"(@LeftBack("a.b.c"; "."))", "a.b"}, Case{R"(@LeftBack("abc"; 1))", "ab"},
                    Case{R"(@Right("a.b.c"; "."))", "b.c"}, Case{R"(@Right("abc"; 2))", "bc"},
                    Case{R"(@RightBack("a.b.c"; "."))", "c"}, Case{R"(@RightBack("abc"; 1))", "bc"},
                    Case{R"(@Middle("North Carolina"; 4; 3))", "h C"},
                    Case{R"(@Middle("abcdef"; 4; -2))", "cd"}, Case{R"(@Middle("x=<a>;"; "<"; ">"))", "a"},
                    Case{R"(@Middle("x=<a"; "<"; ">"))", ""}, Case{R"(@Middle("x=ab"; "="; 1))", "a"},
                    Case{R"(@MiddleBack("a.b.c"; "."; "."))", "b"},
                    Case{R"(@MiddleBack("abcdef"; 2; 2))", "cd"}, Case{R"(@Word("a.b.c"; "."; 2))", "b"},
                    Case{R"(@Word("a.b.c"; "."; -1))", "c"}, Case{R"(@Word("a.b"; "."; 3))", ""},
                    Case{R"(@Word("a.b" : "c.d"; "."; 1))", "a|c"}));

INSTANTIATE_TEST_SUITE_P(
    Text, Functions,
    testing::Values(
        Case{"@Text(12)", "12"}, Case{"@Text(1.5 : 2)", "1.5|2"}, Case{R"(@Text("x"))", "x"},
        Case{R"(@Text(1234.5; "F2"))", "1234.50"}, Case{R"(@Text(1234567; "F0,"))", "1,234,567"},
        Case{"@Text(-5; \"C()\")", "($5.00)"}, Case{R"(@Text(0.25; "%0"))", "25%"},
        Case{R"(@Text(1500; "S1"))", "1.5E+03"}, Case{R"(@Text(2.345; "G2"))", "2.3"},
        Case{"@Text(@Now)", "2026-11-28 18:30:00"}, Case{R"(@Text(@Now; "S0"))", "2026-11-28"},
        Case{R"(@Text(@Now; "S1T1"))", "18:30"}, Case{R"(@Text(@Now; "D3S0"))", "2026-11"},
        Case{R"(@Text(@Now; "D2T1Z2"))", "11-28 18:30 UTC"},
        Case{R"(@Text(@Now; "ISO"))", "2026-11-28T18:30:00Z"},
        Case{R"(@Text(@Now; "BASIC"))", "20261128T183000Z"}, Case{R"(@Text(@Now; "UNIX"))", "1795890600"},
        Case{R"(@Text(@Now; "HTTP"))", "Sat, 28 Nov 2026 18:30:00 GMT"},
        Case{R"(@TextToNumber(" 12 "))", "#12"}, Case{R"(@TextToNumber("-1.5" : "+2"))", "#-1.5|#2"},
        Case{R"(@IsError(@TextToNumber("12a")))", "#1"}, Case{R"(@LowerCase("ABC"))", "abc"},
        Case{R"(@UpperCase("abc"))", "ABC"}, Case{R"(@ProperCase("the END of it"))", "The End Of It"},
        Case{"@Length(\"\xC3\xA4\" : \"abc\")", "#1|#3"}, Case{"@Char(65) + @Char(228)", "A\xC3\xA4"},
        Case{"@NewLine", "\n"}, Case{R"(@Repeat("ab"; 3))", "ababab"},
        Case{R"(@Repeat("ab"; 3; 5))", "ababa"}, Case{R"(@Trim("  a   b " : "" : " "))", "a b"},
        Case{R"(@Trim(""))", ""}, Case{R"(@ReplaceSubString("aXbX"; "X"; "-"))", "a-b-"},
        Case{R"(@ReplaceSubstring("abc"; "a" : "b" : "c"; "b" : "x"))", "xxx"},
        Case{R"(@ReplaceSubstring("\"a\"" : "b"; {"}; {}))", "a|b"},
        Case{R"(@Replace("a" : "b" : "ab"; "a" : "b"; "x"))", "x||ab"}));

INSTANTIATE_TEST_SUITE_P(
    Searching, Functions,
    testing::Values(Case{R"(@Contains("abc"; "x" : "b"))", "#1"}, Case{R"(@Contains("abc"; "B"))", "#0"},
                    Case{R"(@Begins("abc"; "ab"))", "#1"}, Case{R"(@Ends("abc" : "x"; "bc"))", "#1"},
                    Case{R"(@Matches("ABC"; "a?c"))", "#1"}, Case{R"(@Matches("ABC"; "{a-c}*"))", "#0"},
                    Case{R"(@Matches("abC"; "+{a-b}C"))", "#1"}, Case{R"(@Matches("x1"; "+{!0-9}"))", "#0"},
                    Case{R"(@Matches("a*"; "a\\*"))", "#1"}, Case{R"(@Matches("ab"; "!a*"))", "#0"},
                    Case{R"(@Matches("ab"; "x*|a*"))", "#1"}, Case{R"(@Matches("ab"; "a*&*c"))", "#0"},
                    Case{R"(@Matches(""; "+?"))", "#1"}, Case{R"(@IsError(@Matches("a"; "{a")))", "#1"},
                    Case{R"(@Like("A big test"; "A_____test"))", "#1"},
                    Case{R"(@Like("A big test"; "%TEST"))", "#0"},
                    Case{R"(@Like("100% sure"; "100/% s%"; "/"))", "#1"},
                    Case{R"(@Like("100x sure"; "100/% s%"; "/"))", "#0"}));

INSTANTIATE_TEST_SUITE_P(
    Lists, Functions,
    testing::Values(
        Case{R"(@Implode("a" : "b"))", "a b"}, Case{R"(@Implode("a" : "b"; ", "))", "a, b"},
        Case{R"(@Explode("a,b c;d"))", "a|b|c|d"}, Case{R"(@Explode("a--b"; "-"))", "a|b"},
        Case{R"(@Explode("a--b"; "-"; @True))", "a||b"}, Case{"@Explode(\"a\nb\"; \"-\")", "a|b"},
        Case{"@Explode(\"a\nb\"; \"-\"; 0; 0)", "a\nb"}, Case{R"(@Subset("a" : "b" : "c"; 2))", "a|b"},
        Case{R"(@Subset("a" : "b" : "c"; -2))", "b|c"}, Case{R"(@Subset("a"; 5))", "a"},
        Case{R"(@Elements("a" : "b"))", "#2"}, Case{R"(@Elements(""))", "#0"}, Case{R"(@Count(""))", "#1"},
        Case{R"(@Member("b"; "a" : "b"))", "#2"}, Case{R"(@Member("x"; "a"))", "#0"},
        Case{R"(@Member(1; "1"))", "#0"}, Case{R"(@IsMember("a" : "b"; "b" : "a" : "c"))", "#1"},
        Case{R"(@IsMember("a" : "x"; "a"))", "#0"}, Case{R"(@IsNotMember("x"; "a"))", "#1"},
        Case{R"(@Unique("a" : "b" : "a" : "A"))", "a|b|A"}, Case{R"(@IsText("") : @IsText(1))", "#1|#0"},
        Case{"@IsNumber(1) : @IsTime(@Now) : @IsNull(\"\")", "#1|#1|#1"}));

INSTANTIATE_TEST_SUITE_P(
    Numbers, Functions,
    testing::Values(Case{"@Integer(1.9 : -1.9)", "#1|#-1"}, Case{"@Round(2.5)", "#3"},
                    Case{"@Round(17; 5)", "#15"}, Case{"@Abs(-3)", "#3"}, Case{"@Sign(-3)", "#-1"},
                    Case{"@Modulo(7; 3)", "#1"}, Case{"@IsError(@Modulo(7; 0))", "#1"},
                    Case{"@Power(2; 10)", "#1024"}, Case{"@Max(1 : 9 : 3)", "#9"},
                    Case{"@Max(1 : 9; 5)", "#5|#9"}, Case{"@Min(4 : 2)", "#2"}, Case{"@Sum(1 : 2; 3)", "#6"},
                    Case{"@True : @False : @Yes : @No", "#1|#0|#1|#0"},
                    Case{"@Year(@Now) : @Month(@Now) : @Day(@Now)", "#2026|#11|#28"},
                    Case{"@Hour(@Now) : @Minute(@Now) : @Second(@Now + 5)", "#18|#30|#5"},
                    Case{"(@Now + 90) - @Now", "#90"}, Case{"@Text(@Today)", "2026-11-28 00:00:00"},
                    Case{"@IsError(@Now + 1e300)", "#1"}, Case{"@IsError(@Now * 2)", "#1"}));

INSTANTIATE_TEST_SUITE_P(
    Codecs, Functions,
    testing::Values(
        Case{R"(@Sha256("abc"))", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        Case{R"(@Sha256("abc"; [Base64]))", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="},
        Case{R"(@Sha256("abc"; [BASE64URL]))", "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"},
        // RFC 4231, case 2.
        Case{R"(@HmacSha256("Jefe"; "what do ya want for nothing?"))",
             "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        Case{R"(@HmacSha256("4a656665"; "what do ya want for nothing?"; [KeyHex]))",
             "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        Case{R"(@HmacSha256("SmVmZQ=="; "what do ya want for nothing?"; [KeyBase64] : [Base64]))",
             "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="},
        Case{R"(@IsError(@HmacSha256("xyz"; "a"; [KeyHex])))", "#1"},
        Case{R"(@IsError(@Sha256("a"; [Base32])))", "#1"}, Case{R"(@Base64Encode("a?>"))", "YT8+"},
        Case{R"(@Base64Encode("a?>"; [Url]))", "YT8-"},
        Case{R"(@Base64Decode("YT8+") + @Base64Decode("YT8-") + @Base64Decode("YQ=="))", "a?>a?>a"},
        Case{R"(@IsError(@Base64Decode("!")) : @IsError(@Base64Decode("_w")))", "#1|#1"},
        Case{R"(@HexEncode("az"))", "617a"}, Case{R"(@JsonString("a\"b" + @NewLine))", R"("a\"b\n")"},
        Case{R"(@URLEncode("Domino"; "a b/:{}~"))", "a%20b%2F%3A%7B%7D~"},
        Case{"@URLEncode(\"utf-8\"; \"\xC3\xA4\")", "%C3%A4"},
        Case{R"(@URLDecode("Domino"; "a%20b%2f%zz%"))", "a b/%zz%"},
        Case{R"(@IsError(@URLEncode("Big5"; "a")))", "#1"}));

}  // namespace
}  // namespace certstead::formula

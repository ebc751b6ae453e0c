#include "base/toml_guard.h"

#include <gtest/gtest.h>
#include <toml++/toml.h>

#include <array>
#include <random>

namespace certstead {
namespace {

std::string refusal(std::string_view text) {
  const Status checked = check_toml(text, "config", "c.toml");
  return checked ? "" : checked.error().detail;
}

bool parses(std::string_view text) {
  try {
    (void)toml::parse(text);
    return true;
  } catch (const toml::parse_error&) {
    return false;
  }
}

TEST(TomlGuard, ATableWithoutANameIsRefusedWithItsLine) {
  for (const char* const text :
       {"a = 1\n[", "a = 1\n[{a]", "a = 1\n  [[#", "a = 1\n[\r\n]", "a = 1\n[ ,", "a = 1\n[.b]", "a = '\n[?]",
        "a = \"\\\n[?]", "a = [[]]\n[?]", "#'''\n[?]"}) {
    EXPECT_EQ(refusal(text), "c.toml, line 2: a line that begins with [ has to name a table") << text;
  }
  EXPECT_FALSE(check_toml("\xef\xbb\xbf[?]", "config")) << "behind a byte order mark";
}

TEST(TomlGuard, AListThatEndsWithABraceIsRefused) {
  EXPECT_EQ(refusal("a = [}"), "c.toml, line 1, column 6: a list ends with ], not with }");
  EXPECT_EQ(refusal("a = [\n{b = [1, # {\n'{', }]}]"),
            "c.toml, line 3, column 6: a list ends with ], not with }");
  EXPECT_EQ(refusal("a = [{b = [{c = 1}, '}'] # }\n}]"), "");
}

TEST(TomlGuard, TablesListsAndStringsOfManyLinesMayBeginALineWithABracket) {
  for (const char* const text :
       {"[a]\n[[ b ]]\n[\"c d\"]\nlist = [\n[1, 2],\n['x'],\n[]]\n", "list = [\n[{a = 1}],\n[\n1]]\n[t]\n",
        "text = \"\"\"\n[?]\n\"\"\"\n[t]\n", "text = '''\n[?\n'''\n", "list = [\n']',\n[{a = 1}]]"}) {
    EXPECT_EQ(refusal(text), "");
    EXPECT_TRUE(parses(text)) << text;
  }
}

TEST(TomlGuard, CharactersOutsideOfQuotesAndCommentsAreRefusedWithTheirPlace) {
  const std::string what = ": a character that is not ASCII can stand within quotes and comments only";
  EXPECT_EQ(refusal("\u0360"), "c.toml, line 1, column 1" + what);  // found by the fuzzer
  EXPECT_EQ(refusal("a = 1\nn\u00e9 = 2"), "c.toml, line 2, column 2" + what);
  EXPECT_EQ(refusal("# \u00e9\na = 'd\u00e9j\u00e0' \u00e9"), "c.toml, line 2, column 12" + what);
  EXPECT_EQ(refusal("a =\u00a01"), "c.toml, line 1, column 4" + what);
  EXPECT_EQ(refusal("[\u00e9]"), "c.toml, line 1: a line that begins with [ has to name a table");
  EXPECT_EQ(refusal("[a\u00e9]"), "c.toml, line 1, column 3" + what);
  EXPECT_EQ(refusal("a = '\n\u00e9"), "c.toml, line 2, column 1" + what) << "a string ends with its line";
  EXPECT_EQ(refusal("a = '''x''''' \u00e9"), "c.toml, line 1, column 15" + what);
  EXPECT_EQ(refusal("a = '\\' \u00e9"), "c.toml, line 1, column 9" + what) << "a literal has no escapes";
  EXPECT_EQ(refusal("a = \"\" \u00e9"), "c.toml, line 1, column 8" + what);
  EXPECT_EQ(refusal("a = 1\"\u00e9\""), "c.toml, line 1, column 7" + what) << "found by the test below";
  EXPECT_EQ(refusal("a = [\n1, 1{'\u00e9']"), "c.toml, line 2, column 7" + what);
  EXPECT_EQ(refusal("a = 1979-05-27 0'\u00e9'"), "c.toml, line 1, column 18" + what);
  EXPECT_EQ(refusal("a = \xff"), "c.toml, line 1, column 5" + what) << "nor is it UTF-8";
  EXPECT_EQ(refusal("\xef\xbb\xbf\u00e9"), "c.toml, line 1, column 1" + what)
      << "a byte order mark is no column";
}

TEST(TomlGuard, CharactersWithinQuotesAndCommentsPass) {
  for (const char* const text :
       {"a = 'd\u00e9j\u00e0' # \u00e9\n", "\"cl\u00e9\" = \"\\\"\u00e9\\\\\"\n['\u00e9']\n",
        "a = '''\n\u00e9''\u00e9'''''\n", "a = \"\"\"\u00e9\n\u00e9 \\\" \"\" \u00e9\\\n  x\u00e9\"\"\"\"\n",
        "a = ['\u00e9', # \u00e9\n]\n", "\xef\xbb\xbf# \u00e9\n", "# \u0085 \u2028 '''\na = 1\n",
        "a = '' # \u00e9\nb = \"\"\n",
        "1.'\u00e9' = 2\nb = {2.'\u00e9 ' = 3, '\u00e9' = [1, '\u00e9', {4.'\u00e9' = "
        "'\u00e9'}]}\n[[5.'\u00e9']]\n"}) {
    EXPECT_EQ(refusal(text), "");
    EXPECT_TRUE(parses(text)) << text;
  }
}

// The one thing that TOML allows and the guard does not.
TEST(TomlGuard, ACharacterThatBeginsAContinuedLineIsRefused) {
  for (const char* const text :
       {"a = \"\"\"\\\n\u00e9\"\"\"", "a = \"\"\"x \\ \n \u00e9\"\"\"", "a = \"\"\"\n\\\u00e9\"\"\""}) {
    EXPECT_TRUE(refusal(text).find("behind a line that ends with one, a character has to be ASCII") !=
                std::string::npos)
        << text;
  }
}

// Pieces in which strings, comments, lists and tables begin and end. U+0501 is one of few characters that
// toml++ always survives: it is the same text to the guard, and tells what toml++ would have made of it.
constexpr std::array kPieces = {"a", "b = ", "\"", "\"\"\"", "'",  "'''", "\\",     "\n",    "\r\n",
                                " ", "#",    "[",  "]",      "[[", "]]",  "{",      "}",     ",",
                                ".", "1",    "= ", "a = ",   "\n", "\n",  "\u0501", "\u0501"};

std::string random_document(std::mt19937& random) {
  std::string text;
  for (std::size_t pieces = random() % 14; pieces > 0; --pieces) text += kPieces[random() % kPieces.size()];
  return text;
}

std::string with(std::string text, std::string_view character) {
  for (std::size_t at = text.find("\u0501"); at != std::string::npos; at = text.find("\u0501", at)) {
    text.replace(at, 2, character);
  }
  return text;
}

// A fault of toml++ would end the test.
TEST(TomlGuard, AgreesWithTheParserOnRandomDocuments) {
  std::mt19937 random(20260101);  // NOLINT(cert-msc51-cpp): the same documents each time
  std::size_t accepted = 0, refused = 0;
  for (int i = 0; i < 4'000; ++i) {
    const std::string text = random_document(random);
    const std::string why = refusal(text);
    ASSERT_EQ(refusal(with(text, "\u00e9")), why);
    if (why.empty()) {
      for (const char* const character : {"\u00e9", "\u3042", "\ufb30"}) parses(with(text, character));
      accepted += parses(text) && text.find("\u0501") != std::string::npos ? 1 : 0;
    } else if (why.find("within quotes and comments only") != std::string::npos) {
      ASSERT_FALSE(parses(text)) << text << "\n" << why;
      ++refused;
    }
  }
  EXPECT_GT(accepted, 20U);
  EXPECT_GT(refused, 500U);
}

}  // namespace
}  // namespace certstead

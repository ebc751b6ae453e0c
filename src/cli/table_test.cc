#include "cli/table.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace certstead {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Le;
using testing::ResultOf;

TEST(Table, AlignsItsColumns) {
  Table table({"SET", "KEY"});
  table.add({"www.example.test", "p256"});
  table.add({"a.test", "rsa2048"});
  EXPECT_EQ(table.text(false),
            "SET               KEY\n"
            "----------------  -------\n"
            "www.example.test  p256\n"
            "a.test            rsa2048\n");
}

TEST(Table, GoesOnInTheNextLineWhereItIsTooNarrow) {
  Table table({"WHAT", "ERROR"});
  table.add({"one", "the CA said no to this order"});
  EXPECT_EQ(table.text(false, 24),
            "WHAT  ERROR\n"
            "----  ------------------\n"
            "one   the CA said no to\n"
            "      this order\n");
}

TEST(Table, FitsAHundredColumnsAndCutsNothing) {
  Table table({"SET", "SERIAL", "ISSUER"});
  const std::string name(120, 'w');
  table.add({name, std::string(40, '5'), "letsencrypt-staging"});
  const std::string text = table.text(false);
  const auto width = [](std::string_view line) { return display_width(line); };
  EXPECT_THAT(split(text, '\n'), Each(ResultOf(width, Le(100U))));
  EXPECT_EQ(std::count(text.begin(), text.end(), 'w'), 120);
  EXPECT_EQ(std::count(text.begin(), text.end(), '5'), 40);
}

TEST(Table, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("b\xC3\xBC"
                          "cher"),
            6U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);
  EXPECT_EQ(display_width("\xE4\xBE\x8B"), 2U);
  EXPECT_EQ(display_width("\xFF\xC3"), 2U);
  Table table({"NAME", "X"});
  table.add(
      {"b\xC3\xBC"
       "cher",
       "1"});
  EXPECT_EQ(table.text(false),
            "NAME    X\n------  -\nb\xC3\xBC"
            "cher  1\n");
}

TEST(Table, ColoursOnlyWhereTheyAreOn) {
  Table table({"HEALTH", "X"});
  table.add({Cell("red", Colour::kRed), "1"});
  EXPECT_EQ(table.text(true), "HEALTH  X\n------  -\n\x1b[31mred\x1b[0m     1\n");
  EXPECT_EQ(table.text(false), "HEALTH  X\n------  -\nred     1\n");
}

TEST(Wrap, BreaksAtBlanksElseWithinWords) {
  EXPECT_THAT(wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(wrap("", 3), ElementsAre(""));
  EXPECT_THAT(wrap("\xE4\xBE\x8B\xE4\xBE\x8B", 1), ElementsAre("\xE4\xBE\x8B", "\xE4\xBE\x8B"));
}

TEST(Facts, LeaveOutWhatIsEmpty) {
  Facts facts;
  facts.add("name", "a.test");
  facts.add("profile", "");
  facts.add("renewal", "soon");
  EXPECT_EQ(facts.text(2), "  name     a.test\n  renewal  soon\n");
}

}  // namespace
}  // namespace certstead

#include "headers/notes_ini.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certstead {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string complaint(std::string_view text) {
  const Result<ParsedPolicy> parsed = parse_notes_ini(text);
  if (parsed) return "accepted";
  EXPECT_EQ(parsed.error().code, Code::kInvalid);
  return parsed.error().detail;
}

TEST(NotesIni, TheUnnumberedLineComesFirstThenTheNumbersInOrder) {
  const ParsedPolicy parsed = parse_notes_ini(
                                  "[Notes]\r\n"
                                  "HTTPAdditionalRespHeader02=X-B: 2\r\n"
                                  "Directory=/local/notesdata\r\n"
                                  "HTTPAdditionalRespHeader99=X-C: 3\r\n"
                                  "HTTPAdditionalRespHeader01=X-A: 1\r\n"
                                  "HTTPAdditionalRespHeader=X-First: 0")
                                  .value();
  EXPECT_THAT(parsed.policy.set, ElementsAre(Header{"X-First", "0"}, Header{"X-A", "1"}, Header{"X-B", "2"},
                                             Header{"X-C", "3"}));
  EXPECT_THAT(parsed.warnings, IsEmpty());
}

TEST(NotesIni, ValuesKeepTheirColonsAndEqualsSigns) {
  const ParsedPolicy parsed =
      parse_notes_ini("HTTPAdditionalRespHeader01 = Link:  <https://a.test/?x=1>; rel=preload ").value();
  EXPECT_THAT(parsed.policy.set, ElementsAre(Header{"Link", "<https://a.test/?x=1>; rel=preload"}));
}

TEST(NotesIni, KeysAreReadInAnyCaseAndBehindAByteOrderMark) {
  const ParsedPolicy parsed = parse_notes_ini(
                                  "\xef\xbb\xbfhttpadditionalrespheader=X-A: 1\n"
                                  "HTTPADDITIONALRESPHEADER07=X-B: 2\n")
                                  .value();
  EXPECT_THAT(parsed.policy.set, ElementsAre(Header{"X-A", "1"}, Header{"X-B", "2"}));
}

TEST(NotesIni, SuffixesOtherThan01To99AreIgnoredWithAWarning) {
  for (const char* suffix : {"1", "9", "00", "001", "100", "0x", "+1", "s", " 1"}) {
    const ParsedPolicy parsed =
        parse_notes_ini("\nHTTPAdditionalRespHeader" + std::string(suffix) + "=X-A: 1\n").value();
    EXPECT_THAT(parsed.policy.set, IsEmpty()) << suffix;
    EXPECT_THAT(parsed.warnings,
                ElementsAre(AllOf(HasSubstr("line 2: "), HasSubstr("two digits, from 01 to 99"))))
        << suffix;
  }
}

TEST(NotesIni, ALaterLineWithTheSameKeyTakesItsPlace) {
  const ParsedPolicy parsed =
      parse_notes_ini("HTTPAdditionalRespHeader=X-A: 1\nHTTPAdditionalRespHeader=X-B: 2\n").value();
  EXPECT_THAT(parsed.policy.set, ElementsAre(Header{"X-B", "2"}));
  EXPECT_THAT(parsed.warnings, ElementsAre(AllOf(HasSubstr("line 2: "), HasSubstr("in line 1 already"))));
}

TEST(NotesIni, AnEmptyValueTakesTheKeyBack) {
  const ParsedPolicy parsed =
      parse_notes_ini("HTTPAdditionalRespHeader03=X-A: 1\nHTTPAdditionalRespHeader03=\n").value();
  EXPECT_THAT(parsed.policy.set, IsEmpty());
  EXPECT_EQ(parsed.warnings.size(), 1U);
}

TEST(NotesIni, OfTwoKeysWithOneHeaderTheHigherNumberWins) {
  const ParsedPolicy parsed = parse_notes_ini(
                                  "HTTPAdditionalRespHeader05=x-frame-options: DENY\n"
                                  "HTTPAdditionalRespHeader01=X-Frame-Options: SAMEORIGIN\n"
                                  "HTTPAdditionalRespHeader02=X-B: 2\n")
                                  .value();
  EXPECT_THAT(parsed.policy.set, ElementsAre(Header{"X-B", "2"}, Header{"x-frame-options", "DENY"}));
  EXPECT_THAT(parsed.warnings, ElementsAre(AllOf(HasSubstr("line 1: "), HasSubstr("in line 2"))));
}

TEST(NotesIni, CommentsSectionsAndOtherLinesAreNotLookedAt) {
  const ParsedPolicy parsed = parse_notes_ini(
                                  "; HTTPAdditionalRespHeader=broken\n"
                                  "  # HTTPAdditionalRespHeader=broken\n"
                                  "[HTTPAdditionalRespHeader]\n"
                                  "HTTPAdditionalRespHeader\n"
                                  "Other=HTTPAdditionalRespHeader=X: y\n"
                                  "Binary=\x01\xff\n\n")
                                  .value();
  EXPECT_THAT(parsed.policy.set, IsEmpty());
  EXPECT_THAT(parsed.warnings, IsEmpty());
}

TEST(NotesIni, BrokenHeadersAreRefusedWithTheirLine) {
  EXPECT_THAT(complaint("\n\nHTTPAdditionalRespHeader=no colon here\n"),
              AllOf(HasSubstr("line 3: "), HasSubstr("write Name: value")));
  EXPECT_THAT(complaint("HTTPAdditionalRespHeader=X Y: z"),
              AllOf(HasSubstr("line 1: "), HasSubstr("no header name")));
  EXPECT_THAT(complaint("HTTPAdditionalRespHeader=X : z"), HasSubstr("no header name"));
  EXPECT_THAT(complaint("HTTPAdditionalRespHeader=X:"), HasSubstr("has no value"));
  EXPECT_THAT(complaint("HTTPAdditionalRespHeader=X: a\x01"), HasSubstr("not printable ASCII: a\\x01"));
  EXPECT_THAT(complaint("HTTPAdditionalRespHeader=X: a\rSet-Cookie: b\n"), HasSubstr("not printable ASCII"));
  EXPECT_THAT(complaint("A=1\nHTTPAdditionalRespHeader09=Content-Length: 5"),
              AllOf(HasSubstr("line 2: "), HasSubstr("Content-Length"), HasSubstr("take it out")));
}

TEST(NotesIni, SetCookieIsAllowedButWarnedAbout) {
  const ParsedPolicy parsed = parse_notes_ini("HTTPAdditionalRespHeader=Set-Cookie: a=1").value();
  EXPECT_THAT(parsed.policy.set, ElementsAre(Header{"Set-Cookie", "a=1"}));
  EXPECT_THAT(parsed.warnings, ElementsAre(HasSubstr("replaces every cookie")));
}

TEST(NotesIni, FilesThatAreNotPlainTextOrTooLargeAreRefused) {
  EXPECT_THAT(complaint(std::string_view("\xff\xfe[\0N\0", 6)), HasSubstr("UTF-16"));
  EXPECT_THAT(complaint(std::string_view("H\0T\0", 4)), HasSubstr("UTF-16"));
  EXPECT_THAT(complaint(std::string((1 << 20) + 1, '\n')), HasSubstr("at most 1 MiB"));
  EXPECT_TRUE(parse_notes_ini(std::string(1 << 20, '\n')));
  EXPECT_TRUE(parse_notes_ini("").value().policy.set.empty());
}

TEST(NotesIni, APolicyTooLargeForClientsIsRefused) {
  std::string text;
  for (int i = 1; i <= 5; ++i)
    text += "HTTPAdditionalRespHeader0" + std::to_string(i) + "=X-" + std::to_string(i) + ": " +
            std::string(4000, 'v') + "\n";
  EXPECT_THAT(complaint(text), HasSubstr("at most 16384"));
}

TEST(NotesIni, AFloodOfWarningsIsCutAndCounted) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "HTTPAdditionalRespHeader1=X: y\n";
  const ParsedPolicy parsed = parse_notes_ini(text).value();
  EXPECT_EQ(parsed.warnings.size(), 50U);
  EXPECT_EQ(parsed.warnings.back(), "there are 951 more warnings");
}

}  // namespace
}  // namespace certstead

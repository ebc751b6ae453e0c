#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/escape.h"
#include "base/even_hex.h"
#include "base/fake_clock.h"
#include "base/file.h"
#include "base/growing_file.h"
#include "base/host_name.h"
#include "base/id.h"
#include "base/secret_line.h"
#include "base/temp_dir.h"
#include "base/text.h"

namespace certstead {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(Base64Url, RoundTripsTheVectorsOfRfc4648) {
  for (const auto& [plain, coded] :
       std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                        {"f", "Zg"},
                                                        {"fo", "Zm8"},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg"},
                                                        {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64url_encode(view_bytes(plain)), coded);
    EXPECT_EQ(to_text(base64url_decode(coded).value()), plain);
  }
}

TEST(Base64Url, RefusesPaddingBlanksAndStrayBits) {
  for (const char* bad : {"Zg==", "Zm 8", "Z", "Zh", "Zm9v\n", "Zm+v"})
    EXPECT_FALSE(base64url_decode(bad)) << bad;
}

TEST(Base64, WantsItsPadding) {
  EXPECT_EQ(to_text(base64_decode("Zg==").value()), "f");
  for (const char* bad : {"Zg", "Zg=", "Zg===", "====", "Z-=="}) EXPECT_FALSE(base64_decode(bad)) << bad;
}

TEST(Hex, RoundTripsAndRefusesOddLength) {
  EXPECT_EQ(hex_encode(hex_decode("00fFa1").value()), "00ffa1");
  EXPECT_EQ(even_hex("abc") + " " + even_hex("0abc") + " " + even_hex(""), "0abc 0abc ");
  EXPECT_FALSE(hex_decode("0"));
  EXPECT_FALSE(hex_decode("0g"));
}

TEST(Rfc3339, ReadsOffsetsAndFractions) {
  EXPECT_EQ(to_rfc3339(parse_rfc3339("2026-11-22T10:15:46+02:00").value()), "2026-11-22T08:15:46Z");
  EXPECT_EQ(to_unix_ms(parse_rfc3339("1970-01-01T00:00:01.25Z").value()), 1250);
}

TEST(Rfc3339, RefusesWhatIsNotInTheCalendar) {
  for (const char* bad :
       {"", "2026-02-30T00:00:00Z", "2026-11-22 08:15:46Z", "2026-11-22T08:15:46", "1969-12-31T00:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-22T08:15:46.Z", "2026-11-22T08:15:46+99:00"}) {
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
  }
}

TEST(HttpDate, RoundTrips) {
  const Instant t = parse_rfc3339("1994-11-06T08:49:37Z").value();
  EXPECT_EQ(to_http_date(t), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value(), t);
  EXPECT_FALSE(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"));
}

TEST(Deadline, IsNeverNegativeAndTheEarlierOneWins) {
  EXPECT_EQ(Deadline::after(seconds{-5}).left(), Duration{0});
  EXPECT_TRUE(Deadline::after(seconds{-5}).passed());
  EXPECT_LE(Deadline::never().earlier(seconds{3}).left(), seconds{3});
}

TEST(FakeClock, StepsCivilTimeWithoutLettingTimePass) {
  FakeClock clock;
  const Instant start = clock.now();
  clock.step(hours{-24});
  EXPECT_EQ(clock.now(), start - hours{24});
  EXPECT_EQ(clock.elapsed(), Duration{0});
}

TEST(Printable, EscapesControlAndDirectionCharacters) {
  EXPECT_EQ(printable("a\r\n\x1b[31mb"), "a\\x0d\\x0a\\x1b[31mb");
  EXPECT_EQ(printable("x\xe2\x80\xaey"), "x\\u{202e}y");
  EXPECT_EQ(printable("\xff"
                      "ok"),
            "\\xffok");
  EXPECT_EQ(printable("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
}

TEST(Printable, CutsLongText) {
  EXPECT_EQ(printable(std::string(1000, 'a'), 10), std::string(10, 'a') + "...");
}

TEST(Escape, PutsEachCharacterOnce) {
  EXPECT_EQ(put_characters("a\\b\n", "\\\n", {"\\\\", "\\n"}), "a\\\\b\\n");
  EXPECT_EQ(put_characters("plain", "&", {"and"}), "plain");
}

TEST(Escape, ForXmlLeavesNothingThatEndsATextOrAnAttribute) {
  EXPECT_EQ(xml_escape("<a b='c' d=\"e\">&amp;"), "&lt;a b=&apos;c&apos; d=&quot;e&quot;&gt;&amp;amp;");
  EXPECT_EQ(xml_escape("gr\xc3\xbc\xc3\x9f\n"), "gr\xc3\xbc\xc3\x9f\n");
}

TEST(Number, RefusesSignsBlanksAndOverflow) {
  EXPECT_EQ(parse_number("42"), 42U);
  for (const char* bad : {"", "-1", "+1", " 1", "1 ", "18446744073709551616", "0x1"})
    EXPECT_FALSE(parse_number(bad));
}

TEST(File, AtomicWriteKeepsTheModeAndLeavesNothingBeside) {
  const TempDir dir;
  const auto path = dir.path() / "key.pem";
  ASSERT_TRUE(write_file_atomic(path, view_bytes("one"), 0640));
  ASSERT_TRUE(write_file_atomic(path, view_bytes("two"), 0600));
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(read_text_file(path).value(), "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1);
}

TEST(File, ReadingStopsAtTheLimit) {
  const TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.path() / "f", view_bytes("12345")));
  EXPECT_TRUE(read_file(dir.path() / "f", 5));
  EXPECT_EQ(read_file(dir.path() / "f", 4).error().id, "file-too-long");
  EXPECT_EQ(read_file(dir.path() / "g").error().code, Code::kNotFound);
}

TEST(File, AFileInTheWayOfADirectoryIsNamed) {
  const TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.path() / "f", {}));
  EXPECT_NE(make_directories(dir.path() / "f").error().detail.find("is not a directory"), std::string::npos);
  EXPECT_TRUE(make_directories(dir.path() / "a" / "b"));
}

TEST(FileLock, ASecondHolderIsRefusedUntilTheFirstLetsGo) {
  const TempDir dir;
  {
    const auto first = FileLock::acquire(dir.path() / "lock");
    ASSERT_TRUE(first);
    EXPECT_EQ(FileLock::acquire(dir.path() / "lock").error().code, Code::kConflict);
  }
  EXPECT_TRUE(FileLock::acquire(dir.path() / "lock"));
}

TEST(Secret, IsEmptyAfterItWasMovedAway) {
  SecretBytes a(view_bytes("secret"));
  const SecretBytes b = std::move(a);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): this is what is tested
  EXPECT_EQ(view_text(b.reveal()), "secret");
}

TEST(Id, BeginsWithALetterOrDigitSoThatNoCommandLineTakesItForAFlag) {
  for (int i = 0; i < 2000; ++i) {
    const std::string id = make_id();
    ASSERT_EQ(id.size(), 22U);
    ASSERT_TRUE(std::isalnum(static_cast<unsigned char>(id.front()))) << id;
  }
}

TEST(Address, EverySpellingHasOneForm) {
  EXPECT_EQ(*canonical_address("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(*canonical_address("2001:0DB8:0::0:1"), "2001:db8::1");
  EXPECT_EQ(*canonical_address("[::1]"), "::1");
  EXPECT_EQ(url_host("2001:db8::1"), "[2001:db8::1]");
  EXPECT_EQ(url_host("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(url_host("www.example.test"), "www.example.test");
  EXPECT_EQ(*canonical_address("::ffff:192.0.2.1"), "192.0.2.1");
}

TEST(Address, AnythingElseIsRefused) {
  for (const char* bad :
       {"", "[]", "www.test", "192.0.2.256", "192.0.2.1:443", "fe80::1%eth0", "1.2.3", "0x7f.1"}) {
    EXPECT_EQ(canonical_address(bad).error().code, Code::kInvalid) << bad;
  }
  EXPECT_FALSE(canonical_address(std::string_view("::1\0", 4)));
}

TEST(FirstLine, EndsBeforeTheLineFeedAndACarriageReturnBeforeIt) {
  const auto line = [](std::string_view text) {
    return to_text(first_line(SecretBytes(view_bytes(text))).reveal());
  };
  EXPECT_EQ(line("secret"), "secret");
  EXPECT_EQ(line("secret\nmore"), "secret");
  EXPECT_EQ(line("secret\r\nmore\r\n"), "secret");
  EXPECT_EQ(line(" se\rcret \n"), " se\rcret ");
  EXPECT_EQ(line("\r\n"), "");
  EXPECT_EQ(line(""), "");
}

TEST(GrowingFile, AppearsWholeOrNotAtAll) {
  const TempDir dir;
  const auto path = dir.path() / "file";
  {
    auto dropped = GrowingFile::begin(path);
    ASSERT_TRUE(dropped);
    ASSERT_TRUE(dropped->append(std::string_view("half")));
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  auto file = GrowingFile::begin(path);
  ASSERT_TRUE(file->append(std::string_view("one ")));
  ASSERT_TRUE(file->append(std::string_view("two")));
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(file->finish(0640));
  EXPECT_EQ(read_text_file(path).value(), "one two");
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0640));
}

TEST(HostName, IsWhatTheKernelSays) {
  utsname kernel{};
  ASSERT_EQ(::uname(&kernel), 0);
  EXPECT_EQ(host_name(), kernel.nodename);
}

}  // namespace
}  // namespace certstead

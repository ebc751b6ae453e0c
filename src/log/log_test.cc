#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "base/fake_clock.h"
#include "base/file.h"
#include "base/temp_dir.h"
#include "base/text.h"
#include "json/json.h"
#include "json/json_object.h"
#include "log/capture_log.h"
#include "log/fd_log.h"
#include "log/level.h"
#include "log/line.h"
#include "log/tee_log.h"

namespace certstead {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr Instant kNoon = Instant{Duration{1'795'348'800'007}};

TEST(LogLine, JsonHasTimeLevelEventAndTypedFields) {
  EXPECT_EQ(
      json_line(kNoon, Level::kWarning, "order.failed", {{"name", "a.test"}, {"tries", 3}, {"left", -1}}),
      "{\"time\":\"2026-11-22T12:00:00.007Z\",\"level\":\"warning\",\"event\":\"order.failed\","
      "\"name\":\"a.test\",\"tries\":3,\"left\":-1}\n");
}

TEST(LogLine, TextIsForPeople) {
  EXPECT_EQ(text_line(kNoon, Level::kInfo, "order.finalized",
                      {{"name", "a.test"}, {"why", "it was time"}, {"n", 3}}),
            "2026-11-22T12:00:00.007Z INFO    order.finalized name=a.test why=\"it was time\" n=3\n");
  EXPECT_THAT(text_line(kNoon, Level::kInfo, "e", {{"a", ""}, {"b", "x=y"}, {"c", "say \"hi\""}}),
              HasSubstr(R"(a="" b="x=y" c="say \"hi\"")"));
}

TEST(LogLine, ForeignTextCantStartANewLineOrDriveATerminal) {
  const std::string nasty = "x\n2026 INFO forged\r\x1b[2J\xff\xe2\x80\xae";
  const std::vector<Field> fields = {{"from", nasty}, {nasty, "v"}};
  for (const std::string& line :
       {text_line(kNoon, Level::kInfo, nasty, fields), json_line(kNoon, Level::kInfo, nasty, fields)}) {
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_EQ(line.find_first_of("\r\x1b\xff\xe2"), std::string::npos) << line;
  }
}

TEST(LogLine, EveryJsonLineIsStrictJson) {
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
  Field not_a_number("n", 1);
  not_a_number.value = "1,\"x\":2";
  const std::string line = json_line(kNoon, Level::kError, all_bytes,
                                     {{"a", all_bytes}, {"a", "again"}, {"event", "other"}, not_a_number});
  const boost::json::value value = parse_json(line).value();
  const JsonObject object = JsonObject::of(value).value();
  EXPECT_EQ(object.string("a_").value(), "again");
  EXPECT_EQ(object.string("event_").value(), "other");
  EXPECT_EQ(object.string("n").value(), not_a_number.value);
}

TEST(LogLine, LongValuesAreCut) {
  EXPECT_LT(json_line(kNoon, Level::kInfo, "e", {{"v", std::string(100'000, 'v')}}).size(), 4200U);
}

TEST(LogLine, SecretsAreKnownByTheNameOfTheirField) {
  for (const char* name : {"token", "api_token", "Authorization", "hmac_key", "PASSWORD", "client_secret",
                           "private_key", "set_cookie", "key_passphrase"}) {
    const std::vector<Field> fields = {{name, "s3cr3t"}, {"name", "kept"}};
    EXPECT_THAT(text_line(kNoon, Level::kInfo, "e", fields), Not(HasSubstr("s3cr3t"))) << name;
    EXPECT_THAT(json_line(kNoon, Level::kInfo, "e", fields), Not(HasSubstr("s3cr3t"))) << name;
    EXPECT_THAT(json_line(kNoon, Level::kInfo, "e", fields), HasSubstr("[redacted]")) << name;
  }
  EXPECT_THAT(json_line(kNoon, Level::kInfo, "e", {{"password_digits", 1234}}), Not(HasSubstr("1234")));
  EXPECT_FALSE(is_secret_name("key_type"));
}

TEST(LogLevel, NamesAreReadBack) {
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError})
    EXPECT_EQ(parse_level(level_name(level)).value(), level);
  EXPECT_EQ(parse_level("WARN").value(), Level::kWarning);
  EXPECT_THAT(parse_level("loud").error().detail, HasSubstr("debug, info, warning and error"));
}

class FdLogTest : public testing::Test {
 protected:
  Fd open_file() const { return Fd(::open(path().c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)); }
  std::filesystem::path path() const { return dir_.path() / "log"; }
  std::string written() const { return read_text_file(path()).value(); }

  TempDir dir_;
  FakeClock clock_{kNoon};
};

TEST_F(FdLogTest, EventsBelowTheLeastLevelAreLeftOut) {
  const Fd file = open_file();
  FdLog log(file.get(), LogFormat::kText, Level::kWarning, clock_);
  log.debug("a");
  log.info("b");
  log.warning("c");
  log.error("d", {{"n", 1}});
  EXPECT_EQ(written(), "2026-11-22T12:00:00.007Z WARNING c\n2026-11-22T12:00:00.007Z ERROR   d n=1\n");
}

TEST_F(FdLogTest, TimeComesFromTheClockInJsonToo) {
  const Fd file = open_file();
  FdLog log(file.get(), LogFormat::kJson, Level::kInfo, clock_);
  clock_.advance(std::chrono::seconds(5));
  log.info("e");
  EXPECT_THAT(written(), HasSubstr("\"time\":\"2026-11-22T12:00:05.007Z\""));
}

TEST_F(FdLogTest, LinesOfManyThreadsStayWhole) {
  const Fd file = open_file();
  FdLog log(file.get(), LogFormat::kJson, Level::kInfo, clock_);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&log, t] {
      for (int i = 0; i < 200; ++i) log.info("e", {{"thread", t}, {"pad", std::string(500, 'p')}});
    });
  for (std::thread& thread : threads) thread.join();
  const std::string all = written();
  const std::vector<std::string_view> lines = split(std::string_view(all).substr(0, all.size() - 1), '\n');
  EXPECT_EQ(lines.size(), 800U);
  for (const std::string_view line : lines) EXPECT_TRUE(parse_json(line)) << line;
}

TEST_F(FdLogTest, WhatAFullPipeRefusesIsCountedAndReportedLater) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  const Fd reader(ends[0]);
  const Fd writer(ends[1]);
  FdLog log(writer.get(), LogFormat::kJson, Level::kInfo, clock_);
  for (int i = 0; i < 100; ++i) log.info("flood", {{"pad", std::string(3000, 'p')}});
  std::string buffer(1 << 20, '\0');
  ASSERT_GT(::read(reader.get(), buffer.data(), buffer.size()), 0);
  log.info("after");
  buffer.resize(static_cast<std::size_t>(::read(reader.get(), buffer.data(), buffer.size())));
  EXPECT_THAT(buffer, HasSubstr("\"event\":\"log.dropped\",\"count\":"));
  EXPECT_THAT(buffer, EndsWith("\"event\":\"after\"}\n"));
}

TEST_F(FdLogTest, ADescriptorThatIsGoneHurtsNobody) {
  FdLog log(-1, LogFormat::kText, Level::kInfo, clock_);
  errno = ENOENT;
  log.error("e");
  EXPECT_EQ(errno, ENOENT);
}

TEST(TeeLog, EverySinkHearsEveryEvent) {
  CaptureLog first;
  CaptureLog second;
  TeeLog tee({&first, &second});
  tee.warning("store.write_failed", {{"why", "disk full"}});
  EXPECT_EQ(first.events("store.write_failed").at(0).value("why"), "disk full");
  EXPECT_EQ(second.events("store.write_failed").at(0).level, Level::kWarning);
}

TEST(CaptureLog, FindsWhatWasReported) {
  CaptureLog log;
  log.info("a.b", {{"name", "x.test"}});
  log.info("a.c");
  EXPECT_EQ(log.count("a.b"), 1U);
  EXPECT_EQ(log.events().size(), 2U);
  EXPECT_TRUE(log.mentions("x.te"));
  EXPECT_FALSE(log.mentions("y.test"));
  EXPECT_EQ(log.events("a.c").at(0).value("absent"), "");
}

}  // namespace
}  // namespace certstead

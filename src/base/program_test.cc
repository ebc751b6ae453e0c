#include "base/program.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <thread>

#include "base/file.h"
#include "base/temp_dir.h"
#include "base/text.h"

namespace certstead {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr Duration kLong = seconds{60};

ProgramRun run(const std::vector<std::string>& argv, const ProgramOptions& options) {
  auto ran = run_program(argv, options);
  EXPECT_TRUE(ran) << ran.error().detail;
  return ran ? *ran : ProgramRun{};
}
ProgramRun run(const std::vector<std::string>& argv) { return run(argv, {.limit = kLong}); }

TEST(Program, TellsHowItEndedAndWhatItPrinted) {
  const ProgramRun fine = run({"sh", "-c", "echo out; echo first >&2; echo 'last\033' >&2"});
  EXPECT_TRUE(fine.ok);
  EXPECT_EQ(fine.ended, "exit 0");
  EXPECT_EQ(fine.output, "out\n");
  EXPECT_EQ(fine.errors, printable("last\033"));
  const ProgramRun failed = run({"sh", "-c", "echo why; exit 3"});
  EXPECT_FALSE(failed.ok);
  EXPECT_EQ(failed.ended, "exit 3");
  EXPECT_EQ(run({"sh", "-c", "kill -TERM $$"}).ended, "signal 15");
}

TEST(Program, BothOutputsComeInOrderWhenTheyAreOne) {
  const ProgramRun both =
      run({"sh", "-c", "echo one; echo two >&2; echo three"}, {.limit = kLong, .one_stream = true});
  EXPECT_EQ(both.output, "one\ntwo\nthree\n");
  EXPECT_EQ(both.errors, "");
}

TEST(Program, ArgumentsGoThroughNoShell) {
  EXPECT_EQ(run({"printf", "%s|", "a b", "$HOME", "; rm -rf x"}).output, "a b|$HOME|; rm -rf x|");
}

TEST(Program, SeesNothingOfOurEnvironmentButWhatItIsGiven) {
  ::setenv("CERTSTEAD_TEST_SECRET", "planted", 1);  // NOLINT(concurrency-mt-unsafe)
  const ProgramRun seen =
      run({"env"}, {.variables = {{"RENEWED_LINEAGE", "/etc/letsencrypt/live/a"}}, .limit = kLong});
  ::unsetenv("CERTSTEAD_TEST_SECRET");  // NOLINT(concurrency-mt-unsafe)
  EXPECT_THAT(seen.output, Not(HasSubstr("planted")));
  EXPECT_THAT(seen.output, HasSubstr("RENEWED_LINEAGE=/etc/letsencrypt/live/a\n"));
  EXPECT_THAT(seen.output, HasSubstr(std::string("PATH=") + kProgramPath));
}

bool is_dead(std::string_view pid) {
  // A killed child may still be waiting to be reaped by init.
  const auto status = read_text_file("/proc/" + std::string(pid) + "/stat");
  return !status || status->find(") Z") != std::string::npos;
}

TEST(Program, OneThatHangsIsKilledWithAllItStarted) {
  // Long enough for the shell to have printed, on any machine.
  const ProgramRun hung = run({"sh", "-c", "sleep 1000 & echo $!; wait"}, {.limit = seconds{3}});
  EXPECT_FALSE(hung.ok);
  EXPECT_EQ(hung.ended, "killed after 3 s");
  const std::string_view child = trim(hung.output);
  ASSERT_TRUE(parse_number(child)) << "it did not come as far as its child: " << hung.output;
  for (const Deadline patience = Deadline::after(kLong); !is_dead(child) && !patience.passed();)
    std::this_thread::yield();
  EXPECT_TRUE(is_dead(child));
}

TEST(Program, WhatItLeavesInTheBackgroundKeepsNobodyWaiting) {
  const ProgramRun left = run({"sh", "-c", "sleep 1000 & echo $!"});
  EXPECT_TRUE(left.ok);
  const std::string child(trim(left.output));
  EXPECT_FALSE(is_dead(child)) << "it goes on";
  EXPECT_TRUE(run({"kill", child}).ok);
}

TEST(Program, OutputsAreBounded) {
  const ProgramRun loud =
      run({"sh", "-c", "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; echo end"},
          {.limit = kLong, .most_output = 8192});
  EXPECT_TRUE(loud.ok);
  EXPECT_EQ(loud.output.size(), 8192U);
}

TEST(Program, OneThatIsNotThereIsSaid) {
  for (const char* const absent : {"certstead-no-such-program", "/nonexistent/program"}) {
    const auto ran = run_program({absent}, {});
    ASSERT_FALSE(ran) << absent;
    EXPECT_EQ(ran.error().code, Code::kUnavailable);
    EXPECT_EQ(ran.error().id, "program-start");
    EXPECT_THAT(ran.error().detail, HasSubstr(std::string("cannot start ") + absent));
  }
  EXPECT_FALSE(run_program({}, {}));
}

}  // namespace
}  // namespace certstead

#include "deploy/hook.h"

#include <gmock/gmock.h>
#include <signal.h>

#include "base/file.h"
#include "base/temp_dir.h"
#include "base/text.h"

namespace certstead {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

HookRun run(const std::vector<std::string>& command, Duration limit = seconds{20},
            const Variables& variables = {}) {
  auto ran = run_hook(command, variables, limit);
  EXPECT_TRUE(ran) << ran.error().detail;
  return ran ? *ran : HookRun{};
}

TEST(Hook, TellsHowItEndedAndWhatWasPrinted) {
  const HookRun fine = run({"sh", "-c", "echo out; echo err >&2"});
  EXPECT_TRUE(fine.ok);
  EXPECT_EQ(fine.ended, "exit 0");
  EXPECT_EQ(fine.output, "out\nerr\n");
  const HookRun failed = run({"sh", "-c", "echo why; exit 3"});
  EXPECT_FALSE(failed.ok);
  EXPECT_EQ(failed.ended, "exit 3");
  EXPECT_EQ(run({"sh", "-c", "kill -TERM $$"}).ended, "signal 15");
}

TEST(Hook, ArgumentsGoThroughNoShell) {
  EXPECT_EQ(run({"printf", "%s|", "a b", "$HOME", "; rm -rf x"}).output, "a b|$HOME|; rm -rf x|");
}

TEST(Hook, SeesNothingOfOurEnvironmentButWhatItIsGiven) {
  ::setenv("CERTSTEAD_TEST_SECRET", "planted", 1);  // NOLINT(concurrency-mt-unsafe)
  const HookRun seen = run({"env"}, seconds{20}, {{"RENEWED_LINEAGE", "/etc/letsencrypt/live/a"}});
  EXPECT_THAT(seen.output, Not(HasSubstr("planted")));
  EXPECT_THAT(seen.output, HasSubstr("RENEWED_LINEAGE=/etc/letsencrypt/live/a\n"));
  EXPECT_THAT(seen.output, HasSubstr(std::string("PATH=") + kHookPath));
}

TEST(Hook, OneThatHangsIsKilledWithAllItStarted) {
  const TempDir dir;
  const std::string pid_file = (dir.path() / "pid").string();
  const HookRun hung = run({"sh", "-c", "sleep 600 & echo $! > " + pid_file + "; wait"}, milliseconds{700});
  EXPECT_FALSE(hung.ok);
  EXPECT_THAT(hung.ended, HasSubstr("killed after"));
  const std::string text = read_text_file(pid_file).value_or("");
  const auto pid = parse_number(trim(text));
  ASSERT_TRUE(pid) << "the hook did not come as far as its child: " << text;
  for (int i = 0; i < 500 && ::kill(static_cast<pid_t>(*pid), 0) == 0; ++i) {
    // A killed child of a killed parent is a zombie until somebody reaps it.
    const std::string stat = read_text_file("/proc/" + std::string(trim(text)) + "/stat").value_or("");
    if (stat.find(") Z") != std::string::npos || stat.empty()) return;
    ::usleep(10'000);
  }
  EXPECT_NE(::kill(static_cast<pid_t>(*pid), 0), 0);
}

TEST(Hook, WhatItLeavesInTheBackgroundKeepsNobodyWaiting) {
  const HookRun left = run({"sh", "-c", "sleep 3 & echo started"}, seconds{20});
  EXPECT_TRUE(left.ok);
  EXPECT_EQ(left.output, "started\n");
}

TEST(Hook, OutputIsBounded) {
  const HookRun loud = run({"sh", "-c", "head -c 3000000 /dev/zero"});
  EXPECT_TRUE(loud.ok);
  EXPECT_EQ(loud.output.size(), 8192U);
}

TEST(Hook, AProgramThatIsNotThereIsSaid) {
  EXPECT_THAT(run_hook({"certstead-no-such-program"}, {}, seconds{5}).error().detail,
              HasSubstr("cannot start"));
  EXPECT_EQ(run_hook({"/nonexistent/program"}, {}, seconds{5}).error().id, "hook-start");
}

}  // namespace
}  // namespace certstead

#include "lab/child_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/file.h"
#include "base/temp_dir.h"
#include "base/text.h"

namespace certstead {
namespace {

using testing::HasSubstr;

// Waits until the program ended by itself.
std::string end_of(const ChildProcess& child) {
  const Deadline deadline = Deadline::after(Duration{20'000});
  while (!child.ended() && !deadline.passed()) ::usleep(2'000);
  return child.ended().value_or("still running");
}

// Waits until a process, of whomever, is gone.
bool goes_away(pid_t pid) {
  const Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!handle.valid()) return errno == ESRCH;
  pollfd gone{handle.get(), POLLIN, 0};
  return ::poll(&gone, 1, 20'000) == 1;
}

TEST(FindProgram, NamesThePackageOfAMissingOne) {
  EXPECT_THAT(find_program("sh", "dash").value(), testing::EndsWith("/sh"));
  const auto missing = find_program("no-such-program", "pebble");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_EQ(missing.error().detail, "no-such-program is not installed; install it with: apt install pebble");
}

TEST(ChildProcess, RunsWithItsEnvironmentDirectoryAndOutput) {
  const TempDir dir;
  Command command;
  command.words = {"/bin/sh", "-c", "echo \"$WORD $PWD\"; echo complaint >&2; exit 3"};
  command.environment = {{"WORD", "hello"}};
  command.directory = dir.path();
  command.output = dir.path() / "log";
  const auto child = ChildProcess::start(std::move(command));
  ASSERT_TRUE(child) << child.error().detail;
  EXPECT_EQ(end_of(**child), "exit 3");
  EXPECT_EQ(read_text_file(dir.path() / "log").value(), "hello " + dir.path().string() + "\ncomplaint\n");
}

TEST(ChildProcess, AProgramThatCantBeStartedIsAnError) {
  const auto child = ChildProcess::start({.words = {"/no/such/program"}});
  ASSERT_FALSE(child);
  EXPECT_THAT(child.error().detail, HasSubstr("/no/such/program can't be started: No such file"));
}

TEST(ChildProcess, StopEndsItAndMayBeRepeated) {
  const auto child = ChildProcess::start({.words = {"/bin/sleep", "600"}});
  ASSERT_TRUE(child);
  const pid_t pid = (*child)->pid();
  EXPECT_EQ((*child)->ended(), std::nullopt);
  (*child)->stop();
  EXPECT_EQ((*child)->ended(), "signal 15");
  (*child)->stop();
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(ChildProcess, OneThatIgnoresSigtermIsKilled) {
  const TempDir dir;
  Command command;
  command.words = {"/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"};
  command.output = dir.path() / "log";
  const auto child = ChildProcess::start(std::move(command));
  ASSERT_TRUE(child);
  while (read_text_file(dir.path() / "log").value_or("").empty()) ::usleep(2'000);
  (*child)->stop(Duration{10});
  EXPECT_EQ((*child)->ended(), "signal 9");
}

TEST(ChildProcess, ItsSignalsAreNotThoseThatWeHoldBack) {
  sigset_t held;
  sigset_t before;
  sigemptyset(&held);
  sigaddset(&held, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &held, &before);
  const auto child = ChildProcess::start({.words = {"/bin/sleep", "600"}});
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ASSERT_TRUE(child);
  (*child)->stop();
  EXPECT_EQ((*child)->ended(), "signal 15");
}

// A process that starts a program, tells its pid, and dies without a word.
TEST(ChildProcess, DiesWithItsOwnerHoweverThatDies) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const pid_t owner = ::fork();
  if (owner == 0) {
    const auto child = ChildProcess::start({.words = {"/bin/sleep", "600"}});
    const pid_t pid = child ? (*child)->pid() : 0;
    [[maybe_unused]] const ssize_t told = ::write(ends[1], &pid, sizeof pid);
    ::raise(SIGKILL);
  }
  pid_t orphan = 0;
  ASSERT_EQ(::read(ends[0], &orphan, sizeof orphan), static_cast<ssize_t>(sizeof orphan));
  ::close(ends[0]);
  ::close(ends[1]);
  ASSERT_GT(orphan, 0);
  ASSERT_EQ(::waitpid(owner, nullptr, 0), owner);
  EXPECT_TRUE(goes_away(orphan));
}

}  // namespace
}  // namespace certstead

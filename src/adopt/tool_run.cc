#include "adopt/tool_run.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/file.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kMostOutput = std::size_t{4} << 20;

Result<pid_t> start(const std::vector<std::string>& words, int output) {
  std::vector<std::string> own = words;
  std::vector<char*> argv;
  for (std::string& word : own) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::string path = "PATH=/usr/local/bin:/usr/bin:/bin", locale = "LC_ALL=C";
  char* const environment[] = {path.data(), locale.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A group of its own, so that what it starts goes with it.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, argv.front(), &actions, &attributes, argv.data(), environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == 0) return pid;
  return unavailable(printable(words.front()) + " can't be started: " + std::strerror(failed));
}

// Until its end of the pipe is closed. False: too slow, or too much.
bool read_all(int from, const Deadline& deadline, Bytes& into) {
  std::uint8_t buffer[16384];
  while (true) {
    if (deadline.passed() || into.size() > kMostOutput) return false;
    pollfd waiting{from, POLLIN, 0};
    if (::poll(&waiting, 1, 100) <= 0) continue;
    const ssize_t got = ::read(from, buffer, sizeof buffer);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return got == 0;
    into.insert(into.end(), buffer, buffer + got);
  }
}

// Its exit status once it has ended by itself; nothing if it had to be killed.
std::optional<int> reap(pid_t pid, bool kill_now, const Deadline& deadline) {
  int status = 0;
  while (!kill_now) {
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return status;
    kill_now = deadline.passed();
    ::usleep(2'000);
  }
  ::kill(-pid, SIGKILL);
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return std::nullopt;
}

}  // namespace

Result<SecretBytes> run_tool(const std::vector<std::string>& words, Duration limit) {
  if (words.empty()) return invalid("there is nothing to run");
  const Deadline deadline = Deadline::after(limit);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return unavailable(std::string("no pipe: ") + std::strerror(errno));
  const Fd from(ends[0]);
  Fd to(ends[1]);
  TRY(const pid_t pid, start(words, to.get()));
  to = Fd();
  Bytes printed;
  printed.reserve(kMostOutput + 32768);  // it holds keys: no copies left behind by growing
  const bool whole = read_all(from.get(), deadline, printed);
  const std::optional<int> status = reap(pid, !whole, deadline);
  SecretBytes out(std::move(printed));
  if (!status)
    return unavailable(printable(words.front()) + " took too long or printed too much, and was stopped");
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return out;
  return unavailable(printable(words.front()) + " failed" +
                     (WIFEXITED(*status) ? " with exit code " + std::to_string(WEXITSTATUS(*status)) : ""));
}

}  // namespace certstead

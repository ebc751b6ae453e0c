#include "deploy/hook.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include "base/file.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kMostOutput = 8192;
constexpr int kLook = 20;  // milliseconds

Error no_start(const std::string& program, int number) {
  return unavailable("cannot start " + printable(program, 200) + ": " + std::strerror(number), "hook-start");
}

// The program's path; "" if there is none.
std::string find(const std::string& program) {
  if (program.find('/') != std::string::npos) return program;
  for (const std::string_view directory : split(kHookPath, ':')) {
    const std::string candidate = std::string(directory) + "/" + program;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return "";
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }

  // Its output goes to `out`; signals are as at the start of a program; it leads a group of its own.
  void fill(int out) {
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, out, 1);
    ::posix_spawn_file_actions_adddup2(&actions, out, 2);
    ::posix_spawn_file_actions_addchdir_np(&actions, "/");
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

Result<pid_t> start(const std::vector<std::string>& command, const Variables& variables, int out) {
  std::vector<std::string> words = command;
  std::vector<std::string> environment = {std::string("PATH=") + kHookPath, "HOME=/", "LANG=C.UTF-8"};
  for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
  const std::string program = find(command.front());
  if (program.empty()) return no_start(command.front(), ENOENT);
  std::vector<char*> argv = pointers(words), envp = pointers(environment);
  SpawnPlan plan;
  plan.fill(out);
  pid_t pid = -1;
  const int failed =
      ::posix_spawn(&pid, program.c_str(), &plan.actions, &plan.attributes, argv.data(), envp.data());
  if (failed != 0) return no_start(program, failed);
  return pid;
}

// What has come so far; what is beyond the limit is read and dropped, so that the program does not block.
void drain(int fd, std::string& output) {
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    const std::size_t room = kMostOutput - std::min(kMostOutput, output.size());
    output.append(buffer, std::min(room, static_cast<std::size_t>(n)));
  }
}

// The wait status once it has ended; nothing at the deadline.
std::optional<int> wait_for_end(pid_t pid, int fd, std::string& output, Deadline deadline) {
  for (;;) {
    drain(fd, output);
    int status = 0;
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return status;
    if (ended < 0 && errno != EINTR) return 0;
    if (deadline.passed()) return std::nullopt;
    pollfd wanted{fd, POLLIN, 0};
    // A pipe that the program has closed is always ready; then only the look at the clock is left.
    if (::poll(&wanted, 1, kLook) > 0 && (wanted.revents & POLLIN) == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(kLook));
    }
  }
}

}  // namespace

Result<HookRun> run_hook(const std::vector<std::string>& command, const Variables& variables,
                         Duration limit) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return no_start(command.front(), errno);
  const Fd output(ends[0]);
  Fd input(ends[1]);
  ::fcntl(output.get(), F_SETFL, O_NONBLOCK);
  TRY(const pid_t pid, start(command, variables, input.get()));
  input = Fd();
  HookRun run;
  const std::optional<int> status = wait_for_end(pid, output.get(), run.output, Deadline::after(limit));
  if (!status) {
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    drain(output.get(), run.output);
    run.ended = "killed after " + describe(limit);
    return run;
  }
  drain(output.get(), run.output);
  run.ok = WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
  run.ended = WIFSIGNALED(*status) ? "signal " + std::to_string(WTERMSIG(*status))
                                   : "exit " + std::to_string(WEXITSTATUS(*status));
  return run;
}

}  // namespace certstead

#include "base/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include "base/file.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr int kLook = 20;  // milliseconds between two looks at whether it has ended

Error no_start(const std::string& program, int number) {
  return unavailable("cannot start " + printable(program, 200) + ": " + std::strerror(number),
                     "program-start");
}

// The program's path; "" if there is none.
std::string find(const std::string& program) {
  if (program.find('/') != std::string::npos) return program;
  for (const std::string_view directory : split(kProgramPath, ':')) {
    const std::string candidate = std::string(directory) + "/" + program;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return "";
}

// One output of the program.
class Outlet {
 public:
  explicit Outlet(std::size_t most) : most_(most) {}

  // 0, or the error's number.
  int open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
    ours_ = Fd(ends[0]);
    theirs_ = Fd(ends[1]);
    ::fcntl(ours_.get(), F_SETFL, O_NONBLOCK);
    return 0;
  }
  int theirs() const { return theirs_.get(); }
  int ours() const { return ours_.get(); }  // -1, which poll passes over, once it is closed
  void leave_to_program() { theirs_ = Fd(); }

  // What is beyond the limit is dropped, so that the program does not block.
  void drain() {
    char buffer[4096];
    while (ours_.valid()) {
      const ssize_t n = ::read(ours_.get(), buffer, sizeof buffer);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return;
      if (n == 0) ours_ = Fd();
      text.append(buffer, std::min(most_ - text.size(), static_cast<std::size_t>(n)));
    }
  }

  std::string text;

 private:
  const std::size_t most_;
  Fd ours_, theirs_;
};

// How the child begins: no input, the pipes as outputs, default signals, a session of its own.
class Beginning {
 public:
  Beginning(int out, int err) {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, out, 1);
    ::posix_spawn_file_actions_adddup2(&actions, err, 2);
    ::posix_spawn_file_actions_addchdir_np(&actions, "/");
    ::posix_spawnattr_init(&attributes);
    sigset_t none, defaults;
    sigemptyset(&none);
    sigfillset(&defaults);
    sigdelset(&defaults, SIGKILL);
    sigdelset(&defaults, SIGSTOP);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes,
                               POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  Beginning(const Beginning&) = delete;
  Beginning& operator=(const Beginning&) = delete;
  ~Beginning() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

Result<pid_t> start(const std::vector<std::string>& argv, const Variables& variables, int out, int err) {
  if (argv.empty()) return invalid("there is no program to run", "program-start");
  const std::string program = find(argv.front());
  if (program.empty()) return no_start(argv.front(), ENOENT);
  std::vector<std::string> environment = {std::string("PATH=") + kProgramPath, "HOME=/", "LANG=C.UTF-8"};
  for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
  const Beginning beginning(out, err);
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, program.c_str(), &beginning.actions, &beginning.attributes,
                                   exec_words(argv).data(), exec_words(environment).data());
  if (failed != 0) return no_start(program, failed);
  return pid;
}

// Reads until it has ended; its wait status, or nothing once the deadline has passed.
std::optional<int> watch(pid_t pid, Outlet& out, Outlet& err, Deadline deadline) {
  for (;;) {
    out.drain();
    err.drain();
    int status = 0;
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return status;
    if (ended < 0 && errno != EINTR) return 0;  // somebody else took the status
    if (deadline.passed()) return std::nullopt;
    pollfd wanted[] = {{out.ours(), POLLIN, 0}, {err.ours(), POLLIN, 0}};
    ::poll(wanted, std::size(wanted), kLook);
  }
}

std::string last_line(const std::string& text) {
  const std::string_view all = trim(text);
  return printable(all.substr(all.rfind('\n') + 1));
}

}  // namespace

std::vector<char*> exec_words(const std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

Result<ProgramRun> run_program(const std::vector<std::string>& argv, const ProgramOptions& options) {
  Outlet out(options.most_output), err(options.most_output);
  int failed = out.open();
  if (failed == 0 && !options.one_stream) failed = err.open();
  if (failed != 0) return no_start(argv.empty() ? "" : argv.front(), failed);
  TRY(const pid_t pid,
      start(argv, options.variables, out.theirs(), options.one_stream ? out.theirs() : err.theirs()));
  out.leave_to_program();
  err.leave_to_program();
  ProgramRun run;
  const std::optional<int> status = watch(pid, out, err, Deadline::after(options.limit));
  if (!status) {
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    run.ended = "killed after " + describe(options.limit);
  } else {
    run.ok = WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
    run.ended = WIFSIGNALED(*status) ? "signal " + std::to_string(WTERMSIG(*status))
                                     : "exit " + std::to_string(WEXITSTATUS(*status));
  }
  out.drain();
  err.drain();
  run.output = std::move(out.text);
  run.errors = last_line(err.text);
  return run;
}

}  // namespace certstead

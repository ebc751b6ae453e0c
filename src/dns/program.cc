#include "dns/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include "base/file.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kMostOutput = 16384;
constexpr int kLook = 20;  // milliseconds between two looks at whether it has ended

struct Pipe {
  Fd read, write;
};

Error no_start(const std::string& program, int number) {
  return unavailable("cannot start " + printable(program, 200) + ": " + std::strerror(number),
                     "program-start");
}

Result<Pipe> make_pipe(const std::string& program) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return no_start(program, errno);
  Pipe out{Fd(ends[0]), Fd(ends[1])};
  ::fcntl(out.read.get(), F_SETFL, O_NONBLOCK);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

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

// Beyond the limit it is read and dropped, so that the program does not block.
void drain(const Fd& from, std::string& into) {
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(from.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    into.append(buffer, std::min(kMostOutput - into.size(), static_cast<std::size_t>(n)));
  }
}

std::string last_line(const std::string& text) {
  const std::string_view all = trim(text);
  return printable(all.substr(all.rfind('\n') + 1));
}

// Watches the child; its wait status, or nothing once the deadline has passed.
std::optional<int> watch(pid_t pid, const Pipe& out, const Pipe& err, ProgramRun& run, std::string& errors,
                         Deadline deadline) {
  for (;;) {
    drain(out.read, run.output);
    drain(err.read, errors);
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) == pid) return status;
    if (deadline.passed()) return std::nullopt;
    ::poll(nullptr, 0, kLook);
  }
}

}  // namespace

Result<ProgramRun> run_program(const std::vector<std::string>& argv,
                               const std::vector<std::pair<std::string, std::string>>& environment,
                               Deadline deadline) {
  if (argv.empty() || !argv.front().starts_with('/')) {
    return invalid("a program is named by its full path, such as /usr/local/bin/update-dns", "program-path");
  }
  TRY(Pipe out, make_pipe(argv.front()));
  TRY(Pipe err, make_pipe(argv.front()));
  std::vector<std::string> words = argv;
  std::vector<std::string> variables = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                        "HOME=/", "LANG=C.UTF-8"};
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  std::vector<char*> argv_pointers = pointers(words), envp = pointers(variables);
  const Beginning beginning(out.write.get(), err.write.get());
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, argv.front().c_str(), &beginning.actions, &beginning.attributes,
                                   argv_pointers.data(), envp.data());
  if (failed != 0) return no_start(argv.front(), failed);
  out.write = Fd();
  err.write = Fd();
  ProgramRun run;
  std::string errors;
  const Duration allowed = deadline.left();
  const std::optional<int> status = watch(pid, out, err, run, errors, deadline);
  if (!status) {
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    run.ended = "killed after " + describe(allowed);
  } else {
    run.ok = WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
    run.ended = WIFSIGNALED(*status) ? "signal " + std::to_string(WTERMSIG(*status))
                                     : "exit " + std::to_string(WEXITSTATUS(*status));
  }
  drain(out.read, run.output);
  drain(err.read, errors);
  run.errors = last_line(errors);
  return run;
}

}  // namespace certstead

#include "lab/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

#include "base/file.h"
#include "base/text.h"

extern char** environ;

namespace certstead {

struct ChildProcess::State {
  std::mutex mutex;
  std::condition_variable changed;
  pid_t pid = -1;                    // guarded by mutex; set once
  std::optional<std::string> ended;  // guarded by mutex; the pid is ours until this is set
  std::thread keeper;
};

namespace {

// Everything that the child needs between fork and exec, made before: there only system calls are allowed.
struct Prepared {
  std::vector<std::string> words, variables;
  std::vector<char*> argv, envp;
  std::string directory;
  Fd output;
  pid_t parent = ::getpid();
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

Result<std::unique_ptr<Prepared>> prepare(Command command) {
  auto prepared = std::make_unique<Prepared>();
  prepared->words = std::move(command.words);
  for (char** variable = environ; *variable != nullptr; ++variable)
    prepared->variables.emplace_back(*variable);
  for (const auto& [name, value] : command.environment) prepared->variables.push_back(name + "=" + value);
  prepared->argv = pointers(prepared->words);
  prepared->envp = pointers(prepared->variables);
  prepared->directory = command.directory.string();
  const std::string output = command.output.empty() ? "/dev/null" : command.output.string();
  prepared->output = Fd(::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (prepared->output.valid()) return prepared;
  return unavailable(printable(output) + " can't be written: " + std::strerror(errno));
}

// In the child. Never returns; what goes wrong is told through `report`.
[[noreturn]] void become(const Prepared& prepared, int report) {
  const auto give_up = [&] {
    const int reason = errno;
    [[maybe_unused]] const ssize_t told = ::write(report, &reason, sizeof reason);
    ::_exit(127);
  };
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != prepared.parent) ::_exit(127);  // it died before the line above
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  const int null = ::open("/dev/null", O_RDONLY);
  if (null < 0 || ::dup2(null, 0) < 0 || ::dup2(prepared.output.get(), 1) < 0 ||
      ::dup2(prepared.output.get(), 2) < 0) {
    give_up();
  }
  if (!prepared.directory.empty() && ::chdir(prepared.directory.c_str()) != 0) give_up();
  ::execve(prepared.argv.front(), prepared.argv.data(), prepared.envp.data());
  give_up();
  ::_exit(127);
}

// Forks, and returns once the program runs.
Result<pid_t> launch(const Prepared& prepared) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return unavailable(std::string("no pipe: ") + std::strerror(errno));
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return unavailable(std::string("no process can be started: ") + std::strerror(errno));
  if (pid == 0) become(prepared, write_end.get());
  write_end = Fd();
  int reason = 0;
  ssize_t got = 0;
  do {
    got = ::read(read_end.get(), &reason, sizeof reason);
  } while (got < 0 && errno == EINTR);
  if (got == 0) return pid;  // closed by exec
  ::waitpid(pid, nullptr, 0);
  return unavailable(printable(prepared.words.front()) + " can't be started: " + std::strerror(reason));
}

std::string describe_end(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<std::string> find_program(const std::string& name, const std::string& package) {
  const char* path = std::getenv("PATH");
  for (const std::string_view directory : split(path == nullptr ? "/usr/bin" : path, ':')) {
    const std::string candidate = std::string(directory) + "/" + name;
    if (!directory.empty() && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return not_found(name + " is not installed; install it with: apt install " + package);
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(Command command) {
  TRY(std::unique_ptr<Prepared> prepared, prepare(std::move(command)));
  auto state = std::make_shared<State>();
  std::optional<Result<pid_t>> launched;
  // The kernel's word for "parent" in PR_SET_PDEATHSIG is the thread that forked, so that thread stays.
  state->keeper = std::thread([&launched, state, prepared = std::move(prepared)] {
    const Result<pid_t> pid = launch(*prepared);
    {
      const std::lock_guard hold(state->mutex);
      launched = pid;
      if (pid) state->pid = *pid;
    }
    state->changed.notify_all();
    if (!pid) return;
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(*pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    const std::lock_guard hold(state->mutex);
    int status = 0;
    ::waitpid(*pid, &status, 0);
    state->ended = describe_end(status);
    state->changed.notify_all();
  });
  std::unique_lock hold(state->mutex);
  state->changed.wait(hold, [&] { return launched.has_value(); });
  hold.unlock();
  if (*launched) return std::unique_ptr<ChildProcess>(new ChildProcess(state));
  state->keeper.join();
  return launched->error();
}

ChildProcess::ChildProcess(std::shared_ptr<State> state) : state_(std::move(state)) {}

ChildProcess::~ChildProcess() { stop(); }

pid_t ChildProcess::pid() const {
  const std::lock_guard hold(state_->mutex);
  return state_->pid;
}

std::optional<std::string> ChildProcess::ended() const {
  const std::lock_guard hold(state_->mutex);
  return state_->ended;
}

void ChildProcess::stop(Duration grace) {
  {
    std::unique_lock hold(state_->mutex);
    const auto gone = [&] { return state_->ended.has_value(); };
    if (!gone()) ::kill(state_->pid, SIGTERM);
    if (!state_->changed.wait_for(hold, grace, gone)) ::kill(state_->pid, SIGKILL);
    state_->changed.wait(hold, gone);
  }
  if (state_->keeper.joinable()) state_->keeper.join();
}

}  // namespace certstead

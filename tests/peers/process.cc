#include "peers/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <thread>

#include "base/file.h"
#include "base/program.h"
#include "base/text.h"

namespace certstead {
namespace {

using std::chrono::milliseconds;

constexpr int kNobody = 65534;

// In the child, after fork: nothing but system calls.
[[noreturn]] void become(char* const* argv, char* const* envp, int output, bool unprivileged, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (unprivileged && getuid() == 0 && (setgid(kNobody) != 0 || setuid(kNobody) != 0)) _exit(126);
  if (unprivileged) prctl(PR_SET_PDEATHSIG, SIGKILL);  // a change of user takes it away
  execvpe(argv[0], argv, envp);
  _exit(127);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool accepts(std::uint16_t port) {
  const Fd socket_fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  return connect(socket_fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

Result<Process> Process::start(const Spec& spec) {
  const Fd output(open(spec.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!output.valid())
    return unavailable("can't write " + spec.output.string() + ": " + std::strerror(errno));
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  environment.insert(environment.end(), spec.environment.begin(), spec.environment.end());
  const auto argv = exec_words(spec.command), envp = exec_words(environment);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) become(argv.data(), envp.data(), output.get(), spec.unprivileged, parent);
  if (pid < 0) return unavailable("can't start " + spec.command.front() + ": " + std::strerror(errno));
  return Process(pid);
}

Process& Process::operator=(Process&& other) noexcept {
  stop();
  pid_ = std::exchange(other.pid_, -1);
  return *this;
}

bool Process::running() {
  if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

void Process::signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

void Process::stop() {
  signal(SIGTERM);
  for (int i = 0; i < 200 && running(); ++i) std::this_thread::sleep_for(milliseconds{10});
  if (!running()) return;
  signal(SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool have_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (const std::string_view directory : split(path == nullptr ? "" : path, ':'))
    if (access((std::string(directory) + "/" + name).c_str(), X_OK) == 0) return true;
  return false;
}

std::uint16_t free_port() {
  const Fd socket_fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(socket_fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) return 0;
  if (getsockname(socket_fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.sin_port);
}

bool wait_for_port(std::uint16_t port, Process& process, Duration longest) {
  return wait_for_port(
      port, [&] { return process.running(); }, longest);
}

bool wait_for_port(std::uint16_t port, const std::function<bool()>& running, Duration longest) {
  const Deadline deadline = Deadline::after(longest);
  while (!deadline.passed()) {
    if (accepts(port)) return true;
    if (!running()) return false;
    std::this_thread::sleep_for(milliseconds{5});
  }
  return false;
}

}  // namespace certstead

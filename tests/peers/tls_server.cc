#include "peers/tls_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "peers/process.h"

namespace certstead {
namespace {

constexpr Duration kStart = std::chrono::seconds{60};
constexpr Duration kGrace = std::chrono::seconds{30};
constexpr std::size_t kShown = 4000;

}  // namespace

Result<std::unique_ptr<TlsServer>> TlsServer::start(std::unique_ptr<TempDir> directory, Plan plan) {
  Command command;
  command.words = plan.command;
  for (const std::string& variable : plan.environment) {
    const std::size_t equals = variable.find('=');
    command.environment.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  command.output = directory->path() / "log";
  std::unique_ptr<TlsServer> server(new TlsServer(std::move(directory), std::move(plan)));
  TRY(server->process_, ChildProcess::start(std::move(command)));
  for (const std::uint16_t port : server->plan_.ports) {
    if (!wait_for_port(
            port, [&] { return server->running(); }, kStart)) {
      return unavailable(server->plan_.command.front() + " does not start: " + server->log());
    }
  }
  return server;
}

std::string TlsServer::log() const {
  const std::string text = read_text_file(directory() / "log", 64U << 20).value_or("");
  return text.substr(text.size() > kShown ? text.size() - kShown : 0);
}

void TlsServer::stop() {
  if (!running()) return;
  if (!plan_.stop.empty()) {
    auto stopper = ChildProcess::start({.words = plan_.stop, .output = directory() / "log"});
    const Deadline limit = Deadline::after(kGrace);
    while (stopper && !(*stopper)->ended() && !limit.passed())
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  process_->stop(kGrace);
}

Result<std::unique_ptr<TempDir>> server_directory() {
  auto directory = std::make_unique<TempDir>();
  if (::chmod(directory->path().c_str(), 0755) != 0)
    return unavailable("can't open " + directory->path().string() + " to others");
  return directory;
}

Status need_server(const std::string& program, const std::string& package, bool needs_root) {
  if (::access(program.c_str(), X_OK) != 0)
    return not_found(program + " is not installed (package " + package + ")");
  if (needs_root && ::geteuid() != 0) return not_found(program + " wants to be started by root");
  return Done{};
}

std::vector<std::string> unprivileged(std::vector<std::string> command) {
  if (::geteuid() != 0) return command;
  command.insert(command.begin(), {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
  return command;
}

std::vector<std::string> names_of(const std::vector<std::string>& environment) {
  std::vector<std::string> out;
  for (const std::string& variable : environment) out.push_back(variable.substr(0, variable.find('=')));
  return out;
}

}  // namespace certstead

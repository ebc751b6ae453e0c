// A real server from Debian that speaks TLS on the loopback, configured much as its package does it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/temp_dir.h"
#include "lab/child_process.h"

namespace certstead {

// Chain and key of one kind of key, as its configuration names them. The files have to be there at the start.
struct TlsPair {
  std::string certificate, key;
};

struct TlsServerOptions {
  std::vector<TlsPair> pairs;
  std::vector<std::string> environment = {};  // "LD_PRELOAD=/x.so": reaches all of its processes
  std::string more = {};                      // further lines for its configuration
};

// Owns the server and its directory; the destructor stops it.
class TlsServer {
 public:
  // What a starter fills in.
  struct Plan {
    std::vector<std::string> command;
    std::vector<std::string> environment;
    std::vector<std::string> targets, check, reload;
    std::vector<std::string> stop = {};  // run before it is ended; for servers whose parent is a script
    std::vector<std::uint16_t> ports;
  };
  static Result<std::unique_ptr<TlsServer>> start(std::unique_ptr<TempDir> directory, Plan plan);
  ~TlsServer() { stop(); }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  // Every TLS port, as probe/target.h reads it: "smtp+starttls://127.0.0.1:2525".
  const std::vector<std::string>& targets() const { return plan_.targets; }
  // What an administrator would put behind --check and --reload.
  const std::vector<std::string>& check_command() const { return plan_.check; }
  const std::vector<std::string>& reload_command() const { return plan_.reload; }
  std::uint16_t port() const { return plan_.ports.front(); }
  std::filesystem::path directory() const { return directory_->path(); }
  pid_t pid() const { return process_->pid(); }
  bool running() const { return process_ && !process_->ended(); }
  // The latter part of what it printed and logged, for a failing test.
  std::string log() const;
  void stop();

 private:
  TlsServer(std::unique_ptr<TempDir> directory, Plan plan)
      : directory_(std::move(directory)), plan_(std::move(plan)) {}
  std::unique_ptr<TempDir> directory_;
  Plan plan_;
  std::unique_ptr<ChildProcess> process_;
};

// For starters.

// A directory that other users may enter.
Result<std::unique_ptr<TempDir>> server_directory();
// kNotFound with a sentence if `program` (a full path) is not installed, or this is not root where it is
// needed.
Status need_server(const std::string& program, const std::string& package, bool needs_root);
// The command as nobody, where the test runs as root; its parent stays the same.
std::vector<std::string> unprivileged(std::vector<std::string> command);
// The words' names: "LD_PRELOAD=/x" is "LD_PRELOAD".
std::vector<std::string> names_of(const std::vector<std::string>& environment);

}  // namespace certstead

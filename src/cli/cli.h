// The command line of Certstead.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/secret.h"
#include "cli/local_options.h"
#include "cli/server_options.h"
#include "net/http_client.h"

namespace certstead {

// What starts the servers. Each runs until it is told to stop and returns the exit code. A verb whose
// function is empty does not exist.
struct ServerVerbs {
  std::function<int(const ManagerOptions&)> manager;
  std::function<int(const GatewaySettings&)> gateway;
  std::function<int(const LabOptions&)> lab;
  LocalVerbs local = {};
  std::function<int(const DeployWatchOptions&)> deploy_watch = {};
};

// What the command line works with; tests put their own in place.
struct CliWorld {
  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  const Clock& clock;
  bool terminal_in = false;   // somebody can be asked
  bool terminal_out = false;  // colours are seen
  std::function<std::optional<std::string>(const std::string& name)> environment = {};
  // A client of the manager at this socket.
  std::function<Result<std::unique_ptr<HttpClient>>(const std::string& socket)> connect = {};
  // Asks the person at the terminal for a line that is not shown.
  std::function<Result<SecretBytes>(const std::string& prompt)> ask_secret = {};
  // Between two calls that must not follow one another at once.
  std::function<void(Duration)> pause = {};
  std::string version = {};
};

// Runs one command line (argv[0] is the program). Blocks until it is done. Returns an ExitCode, or what a
// server verb returned. Never throws.
int run_cli(int argc, const char* const* argv, const ServerVerbs& servers, CliWorld& world);
// With the process's own streams, environment and sockets.
int run_cli(int argc, const char* const* argv, const ServerVerbs& servers, const std::string& version);

}  // namespace certstead

// A program that runs beside us.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace certstead {

struct Command {
  std::vector<std::string> words = {};  // the program (a path), then its arguments
  std::vector<std::pair<std::string, std::string>> environment = {};  // added to ours
  std::filesystem::path directory = {};                               // where it runs; empty: where we do
  std::filesystem::path output = {};                                  // file to which what it prints is added
};

// The path of a program in PATH. kNotFound names the Debian package to install.
Result<std::string> find_program(const std::string& name, const std::string& package);

// The kernel kills the program when this process ends, however it ends. A thread of its own starts and reaps
// it.
class ChildProcess {
 public:
  // kUnavailable if it can't be started. Signals are as at the start of a program, whatever ours are.
  static Result<std::unique_ptr<ChildProcess>> start(Command command);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  // Stops it.
  ~ChildProcess();

  pid_t pid() const;
  // How it ended ("exit 1", "signal 9"); nothing while it runs.
  std::optional<std::string> ended() const;
  // SIGTERM, after `grace` SIGKILL; returns when it is gone. Harmless if it is.
  void stop(Duration grace = Duration{5'000});

 private:
  struct State;
  explicit ChildProcess(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace certstead

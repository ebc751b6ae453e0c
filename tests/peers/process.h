// A program that a test runs and stops.
#pragma once

#include <sys/types.h>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace certstead {

// Owns one child process. The kernel ends it too if the test dies.
class Process {
 public:
  struct Spec {
    std::vector<std::string> command;      // program (looked up in PATH) and arguments
    std::vector<std::string> environment;  // "NAME=value", beside those of the test
    std::filesystem::path output;          // stdout and stderr go here
    bool unprivileged = false;             // as nobody, where the test runs as root
  };
  static Result<Process> start(const Spec& spec);
  Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Process& operator=(Process&& other) noexcept;
  ~Process() { stop(); }

  pid_t pid() const { return pid_; }
  bool running();
  // SIGTERM, after two seconds SIGKILL; waits for the end.
  void stop();
  // Signals it; the test still has to stop() it.
  void signal(int number) const;

 private:
  explicit Process(pid_t pid) : pid_(pid) {}
  pid_t pid_ = -1;
};

// Whether a program of that name is in PATH.
bool have_program(const std::string& name);
// A TCP port of the loopback that nobody listens on at this moment.
std::uint16_t free_port();
// Waits until something accepts connections there; false if it takes longer or `process` ends.
bool wait_for_port(std::uint16_t port, Process& process, Duration longest = std::chrono::seconds{20});
bool wait_for_port(std::uint16_t port, const std::function<bool()>& running, Duration longest);

}  // namespace certstead

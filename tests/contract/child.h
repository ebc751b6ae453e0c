// A program of ours run beside a test: its lines are read, it may be killed, and it never outlives the test.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file.h"

namespace certstead {

class Child {
 public:
  // Starts `command` (path first) with its standard output connected to us.
  explicit Child(const std::vector<std::string>& command);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  // The next whole line; nothing at the end of the output (what was written of a line by then is dropped).
  std::optional<std::string> line();
  std::vector<std::string> rest();
  void kill();
  // The exit code, or 128 + the signal that ended it.
  int wait();

 private:
  int process_ = -1;
  Fd output_;
  std::string buffer_;
};

}  // namespace certstead

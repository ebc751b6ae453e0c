// Shows what another program writes to its log.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

namespace certstead {

// Prints each line that is added to `file` from now on to standard output, made printable, with `mark` before
// it. Ends with the object.
class LogTail {
 public:
  LogTail(const std::filesystem::path& file, std::string mark);
  ~LogTail();
  LogTail(const LogTail&) = delete;
  LogTail& operator=(const LogTail&) = delete;

 private:
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace certstead

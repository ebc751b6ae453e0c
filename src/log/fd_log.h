// A sink that writes lines to a file descriptor: standard error, a pipe, a file.
#pragma once

#include <mutex>

#include "base/clock.h"
#include "base/log_sink.h"

namespace certstead {

enum class LogFormat { kText, kJson };

// Safe from any thread. An event is one write(2), so that the lines of several processes on one file or small
// pipe don't mix. A full disk, a reader that is gone or a full non-blocking pipe never hurts the program: the
// event is dropped, and the next line that gets through is "log.dropped" with their `count`. A full blocking
// pipe blocks, as it does for every program. The program must ignore SIGPIPE.
class FdLog final : public LogSink {
 public:
  // Writes events of `least` and above. `fd` stays the caller's, and must stay open as long as this object
  // lives; so must `clock`.
  FdLog(int fd, LogFormat format, Level least, const Clock& clock)
      : fd_(fd), format_(format), least_(least), clock_(clock) {}

  void event(Level level, std::string_view event, const std::vector<Field>& fields) override;

 private:
  std::string line(Level level, std::string_view event, const std::vector<Field>& fields) const;
  bool write_line(std::string_view line);

  const int fd_;
  const LogFormat format_;
  const Level least_;
  const Clock& clock_;
  std::mutex mutex_;
  std::uint64_t dropped_ = 0;  // guarded by mutex_
  bool mid_line_ = false;      // guarded by mutex_: the last write stopped inside a line
};

}  // namespace certstead

// The log of the preload: lines in a file of its own or in syslog, nothing by default. It lives in other
// people's processes, so it is sparing and never a danger: of trouble a line a second at most, and no write
// to a descriptor that the program has closed and given to something else.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <mutex>
#include <string>

#include "base/log_sink.h"

namespace certstead {

class PreloadLog final : public LogSink {
 public:
  // Opens the file `where` ("" nothing, "syslog" syslog) now, while that is allowed.
  void open(const std::string& where);
  void event(Level level, std::string_view event, const std::vector<Field>& fields) override;

 private:
  void write_line(Level level, const std::string& line);
  bool is_ours() const;

  std::mutex mutex_;
  bool syslog_ = false;
  int fd_ = -1;
  struct stat file_ {};                    // what fd_ was
  std::int64_t last_trouble_ = 0;          // the second of the last line of trouble
  std::atomic<std::uint64_t> dropped_{0};  // lines since the last one
};

}  // namespace certstead

#include "log/fd_log.h"

#include <unistd.h>

#include <cerrno>

#include "log/line.h"

namespace certstead {

void FdLog::event(Level level, std::string_view event, const std::vector<Field>& fields) {
  if (level < least_) return;
  const int errno_of_caller = errno;
  try {
    const std::string text = line(level, event, fields);
    const std::lock_guard hold(mutex_);
    if (dropped_ > 0 && write_line(line(Level::kWarning, "log.dropped", {{"count", dropped_}}))) dropped_ = 0;
    if (dropped_ > 0 || !write_line(text)) ++dropped_;
  } catch (...) {
    // Out of memory: there is nobody left to tell.
  }
  errno = errno_of_caller;
}

std::string FdLog::line(Level level, std::string_view event, const std::vector<Field>& fields) const {
  return format_ == LogFormat::kJson ? json_line(clock_.now(), level, event, fields)
                                     : text_line(clock_.now(), level, event, fields);
}

bool FdLog::write_line(std::string_view line) {
  std::string rest(mid_line_ ? "\n" : "");
  rest += line;
  std::size_t done = 0;
  while (done < rest.size()) {
    const ssize_t written = ::write(fd_, rest.data() + done, rest.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    done += static_cast<std::size_t>(written);
  }
  if (done > 0) mid_line_ = rest[done - 1] != '\n';
  return done == rest.size();
}

}  // namespace certstead

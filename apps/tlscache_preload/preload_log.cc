#include "preload_log.h"

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

#include <ctime>

#include "base/clock.h"
#include "base/text.h"

namespace certstead {

void PreloadLog::open(const std::string& where) {
  const std::lock_guard<std::mutex> hold(mutex_);
  if (where == "syslog") {
    syslog_ = true;
  } else if (!where.empty() && fd_ < 0) {
    fd_ = ::open(where.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
    if (fd_ >= 0 && ::fstat(fd_, &file_) != 0) fd_ = -1;
  }
}

bool PreloadLog::is_ours() const {
  struct stat now {};
  return ::fstat(fd_, &now) == 0 && now.st_dev == file_.st_dev && now.st_ino == file_.st_ino;
}

void PreloadLog::write_line(Level level, const std::string& line) {
  if (syslog_) ::syslog(level == Level::kInfo ? LOG_INFO : LOG_WARNING, "%s", line.c_str());
  if (fd_ < 0 || !is_ours()) return;
  const std::string stamped = to_rfc3339(SystemClock().now()) + " " + line + "\n";
  // A full disk must not hurt the program, and there is nobody to tell.
  static_cast<void>(::write(fd_, stamped.data(), stamped.size()) < 0);
}

void PreloadLog::event(Level level, std::string_view event, const std::vector<Field>& fields) {
  // A program that forks while another thread logs has this lock for ever in its child.
  const std::unique_lock<std::mutex> hold(mutex_, std::try_to_lock);
  if (!hold) {
    ++dropped_;
    return;
  }
  if (!syslog_ && fd_ < 0) return;
  if (const std::int64_t second = ::time(nullptr); level > Level::kInfo) {
    // What was asked for (a log of look-ups) has no limit, and takes no place away from trouble.
    if (std::exchange(last_trouble_, second) == second) {
      ++dropped_;
      return;
    }
  }
  std::string line = std::string(::program_invocation_short_name) + "[" + std::to_string(::getpid()) + "] " +
                     std::string(event);
  for (const Field& field : fields) line += " " + field.name + "=\"" + printable(field.value) + "\"";
  if (const std::uint64_t dropped = dropped_.exchange(0); dropped > 0) {
    line += " dropped=" + std::to_string(dropped);
  }
  write_line(level, line);
}

}  // namespace certstead

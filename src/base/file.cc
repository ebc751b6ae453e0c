#include "base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace certstead {
namespace {

Error system_error(const std::filesystem::path& path, std::string_view what, int number) {
  const std::string detail =
      "cannot " + std::string(what) + " " + path.string() + ": " + std::strerror(number);
  if (number == ENOENT) return not_found(detail, "file-absent");
  if (number == EACCES || number == EPERM)
    return denied(detail + "; check its owner and mode", "file-denied");
  if (number == ENOSPC || number == EDQUOT) {
    return unavailable(detail + "; make room on that file system", "disk-full");
  }
  if (number == EROFS)
    return unavailable(detail + "; mount it writable or choose another directory", "read-only");
  return unavailable(detail, "file-error");
}

Status write_all(int fd, BytesView content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(path, "write", errno);
    content = content.subspan(static_cast<std::size_t>(n));
  }
  if (::fsync(fd) != 0) return system_error(path, "sync", errno);
  return Done{};
}

Status sync_directory(const std::filesystem::path& directory) {
  const Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid() || ::fsync(fd.get()) != 0) return system_error(directory, "sync", errno);
  return Done{};
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return system_error(path, "read", errno);
  Bytes out;
  struct stat info {};
  if (::fstat(fd.get(), &info) == 0 && info.st_size > 0) {
    out.reserve(std::min(limit, static_cast<std::size_t>(info.st_size)) + 1);
  }
  std::uint8_t buffer[16384];
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(path, "read", errno);
    if (n == 0) break;
    if (out.size() + static_cast<std::size_t>(n) > limit) {
      return invalid(path.string() + " is longer than the " + std::to_string(limit) + " bytes allowed here",
                     "file-too-long");
    }
    out.insert(out.end(), buffer, buffer + n);
  }
  wipe(buffer);
  return out;
}

Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t limit) {
  TRY(const Bytes bytes, read_file(path, limit));
  return to_text(bytes);
}

Result<SecretBytes> read_secret_file(const std::filesystem::path& path, std::size_t limit) {
  TRY(Bytes bytes, read_file(path, limit));
  return SecretBytes(std::move(bytes));
}

Status write_file_atomic(const std::filesystem::path& path, BytesView content, mode_t mode) {
  const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
  std::string temporary = (directory / ("." + path.filename().string() + ".XXXXXX")).string();
  {
    const Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));  // made 0600
    if (!fd.valid()) return system_error(path, "write", errno);
    Status written = write_all(fd.get(), content, path);
    if (written && ::fchmod(fd.get(), mode) != 0) written = system_error(path, "set the mode of", errno);
    if (!written) {
      ::unlink(temporary.c_str());
      return written;
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const Error error = system_error(path, "replace", errno);
    ::unlink(temporary.c_str());
    return error;
  }
  return sync_directory(directory);
}

Status make_directories(const std::filesystem::path& path, mode_t mode) {
  std::filesystem::path sofar;
  for (const auto& part : path) {
    sofar /= part;
    if (::mkdir(sofar.c_str(), mode) == 0 || errno == EEXIST) continue;
    const int number = errno;
    std::error_code ignored;
    if (std::filesystem::is_directory(sofar, ignored)) continue;  // e.g. EROFS above a writable mount
    return system_error(sofar, "make the directory", number);
  }
  std::error_code failure;
  if (!std::filesystem::is_directory(path, failure)) {
    return invalid(path.string() + " is not a directory; move what lies there away", "not-a-directory");
  }
  return Done{};
}

Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.valid()) return system_error(path, "open", errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error(path, "lock", errno);
    return conflict(
        path.string() + " is held by another process; stop that one first, or use another directory",
        "locked");
  }
  return FileLock(fd.release());
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace certstead

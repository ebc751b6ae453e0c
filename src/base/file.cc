#include "base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file_error.h"
#include "base/growing_file.h"

namespace certstead {
Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return file_error(path, "read", errno);
  Bytes out;
  struct stat info {};
  if (::fstat(fd.get(), &info) == 0 && info.st_size > 0) {
    out.reserve(std::min(limit, static_cast<std::size_t>(info.st_size)) + 1);
  }
  std::uint8_t buffer[16384];
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error(path, "read", errno);
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
  TRY(GrowingFile file, GrowingFile::begin(path));
  CHECK_OK(file.append(content));
  return file.finish(mode);
}

Status make_directories(const std::filesystem::path& path, mode_t mode) {
  std::filesystem::path sofar;
  for (const auto& part : path) {
    sofar /= part;
    if (::mkdir(sofar.c_str(), mode) == 0 || errno == EEXIST) continue;
    const int number = errno;
    std::error_code ignored;
    if (std::filesystem::is_directory(sofar, ignored)) continue;  // e.g. EROFS above a writable mount
    return file_error(sofar, "make the directory", number);
  }
  std::error_code failure;
  if (!std::filesystem::is_directory(path, failure)) {
    return invalid(path.string() + " is not a directory; move what lies there away", "not-a-directory");
  }
  return Done{};
}

Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.valid()) return file_error(path, "open", errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return file_error(path, "lock", errno);
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

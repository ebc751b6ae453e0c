// Files: bounded reads, atomic and durable writes, directories, locks. Errors name the path and the way out.
#pragma once

#include <sys/types.h>
#include <filesystem>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace certstead {

// The whole file, at most `limit` bytes. kNotFound if absent, kInvalid if longer, kUnavailable on anything
// else.
Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit = 16U << 20);
Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t limit = 16U << 20);
Result<SecretBytes> read_secret_file(const std::filesystem::path& path, std::size_t limit = 1U << 20);

// Puts `content` at `path` whole or not at all: written beside it with `mode` from the start, synced, renamed
// over it, the directory synced. kUnavailable with the system's reason (disk full, read-only, ...); the old
// file stays.
Status write_file_atomic(const std::filesystem::path& path, BytesView content, mode_t mode = 0600);

// Makes `path` and its parents; `mode` is given to those it makes. It is no error if it is there already.
Status make_directories(const std::filesystem::path& path, mode_t mode = 0700);

// An exclusive lock of the operating system on `path` (made if absent), held while the object lives and
// released by the kernel when the process ends in any way. kConflict if another process holds it.
class FileLock {
 public:
  static Result<FileLock> acquire(const std::filesystem::path& path);
  FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

// A file descriptor with an owner.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

}  // namespace certstead

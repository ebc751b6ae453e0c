#include "cli/backup_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace certstead {
namespace {

Error cannot_write(const std::filesystem::path& path) {
  const std::string way_out = errno == ENOSPC ? "; make room on that file system" : "";
  return unavailable("cannot write " + path.string() + ": " + std::strerror(errno) + way_out, "file-error");
}

}  // namespace

Result<GrowingFile> GrowingFile::begin(std::filesystem::path path) {
  const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
  std::string temporary = (directory / ("." + path.filename().string() + ".XXXXXX")).string();
  Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));  // made 0600
  if (!fd.valid()) return cannot_write(path);
  return GrowingFile(std::move(path), std::move(temporary), std::move(fd));
}

GrowingFile::~GrowingFile() {
  if (fd_.valid()) ::unlink(temporary_.c_str());
}

Status GrowingFile::append(std::string_view piece) {
  while (!piece.empty()) {
    const ssize_t n = ::write(fd_.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_write(path_);
    piece.remove_prefix(static_cast<std::size_t>(n));
  }
  return Done{};
}

Status GrowingFile::finish() {
  if (::fsync(fd_.get()) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) return cannot_write(path_);
  fd_ = Fd();
  const std::filesystem::path directory = path_.has_parent_path() ? path_.parent_path() : ".";
  const Fd synced(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!synced.valid() || ::fsync(synced.get()) != 0) return cannot_write(path_);
  return Done{};
}

}  // namespace certstead

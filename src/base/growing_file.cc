#include "base/growing_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/file_error.h"

namespace certstead {
namespace {

std::filesystem::path directory_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

}  // namespace

Result<GrowingFile> GrowingFile::begin(std::filesystem::path path) {
  std::string temporary = (directory_of(path) / ("." + path.filename().string() + ".XXXXXX")).string();
  Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));  // made 0600
  if (!fd.valid()) return file_error(path, "write", errno);
  return GrowingFile(std::move(path), std::move(temporary), std::move(fd));
}

GrowingFile::~GrowingFile() {
  if (fd_.valid()) ::unlink(temporary_.c_str());
}

Status GrowingFile::append(BytesView piece) {
  while (!piece.empty()) {
    const ssize_t n = ::write(fd_.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error(path_, "write", errno);
    piece = piece.subspan(static_cast<std::size_t>(n));
  }
  return Done{};
}

Status GrowingFile::finish(mode_t mode) {
  if (::fsync(fd_.get()) != 0) return file_error(path_, "sync", errno);
  if (::fchmod(fd_.get(), mode) != 0) return file_error(path_, "set the mode of", errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return file_error(path_, "replace", errno);
  fd_ = Fd();
  const std::filesystem::path directory = directory_of(path_);
  const Fd synced(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!synced.valid() || ::fsync(synced.get()) != 0) return file_error(directory, "sync", errno);
  return Done{};
}

}  // namespace certstead

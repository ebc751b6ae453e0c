#include "backup/read_some.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace certstead {

Result<Bytes> read_some(int fd, std::size_t size, std::optional<std::int64_t> offset) {
  Bytes out(size);
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t n =
        offset ? ::pread(fd, out.data() + filled, size - filled, *offset + static_cast<std::int64_t>(filled))
               : ::read(fd, out.data() + filled, size - filled);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      return unavailable("the backup can't be read: " + std::string(std::strerror(errno)), "file-error");
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  out.resize(filled);
  return out;
}

}  // namespace certstead

#include "base/file_error.h"

#include <cerrno>
#include <cstring>

namespace certstead {

Error file_error(const std::filesystem::path& path, std::string_view what, int number) {
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

}  // namespace certstead

// A file that comes in pieces and appears whole or not at all.
#pragma once

#include "base/file.h"

namespace certstead {

class GrowingFile {
 public:
  // Makes a private (0600) file beside `path`. Errors name the path.
  static Result<GrowingFile> begin(std::filesystem::path path);
  GrowingFile(GrowingFile&& other) noexcept = default;
  GrowingFile& operator=(GrowingFile&&) = delete;
  // Removes what was not finished.
  ~GrowingFile();
  Status append(BytesView piece);
  Status append(std::string_view piece) { return append(view_bytes(piece)); }
  // Gives it its mode, syncs it, puts it in the place of what is there, and syncs the directory. kUnavailable
  // with the system's reason; the old file stays.
  Status finish(mode_t mode = 0600);

 private:
  GrowingFile(std::filesystem::path path, std::string temporary, Fd fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}
  std::filesystem::path path_;
  std::string temporary_;
  Fd fd_;
};

}  // namespace certstead

// A large file that comes in pieces and appears whole or not at all.
#pragma once

#include <filesystem>

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
  Status append(std::string_view piece);
  // Syncs and puts it in its place.
  Status finish();

 private:
  GrowingFile(std::filesystem::path path, std::string temporary, Fd fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}
  std::filesystem::path path_;
  std::string temporary_;
  Fd fd_;
};

}  // namespace certstead

#include "api/files.h"

#include "base/encoding.h"

namespace certstead {

Result<Bytes> read_file_member(const JsonObject& object, std::string_view name) {
  TRY(const std::string text, object.string(name));
  const auto bytes = base64_decode(text);
  if (!bytes || bytes->empty()) {
    return invalid("the member '" + object.path_of(name) +
                   "' must be the file's bytes in base64, with padding");
  }
  return bytes;
}

Result<std::vector<Bytes>> read_files(const JsonObject& object, std::string_view name) {
  TRY(const auto texts, object.strings(name));
  std::vector<Bytes> files;
  for (const std::string& text : texts) {
    auto bytes = base64_decode(text);
    if (!bytes || bytes->empty()) {
      return invalid("every element of '" + object.path_of(name) +
                     "' must be a file's bytes in base64, with padding, and not empty");
    }
    files.push_back(std::move(*bytes));
  }
  if (files.empty()) return invalid("the member '" + object.path_of(name) + "' holds no file");
  return files;
}

}  // namespace certstead

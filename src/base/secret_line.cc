#include "base/secret_line.h"

#include <algorithm>

#include "base/file.h"

namespace certstead {

SecretBytes first_line(const SecretBytes& text) {
  const BytesView all = text.reveal();
  const auto end = std::find(all.begin(), all.end(), '\n');
  BytesView line = all.first(static_cast<std::size_t>(end - all.begin()));
  if (!line.empty() && line.back() == '\r') line = line.first(line.size() - 1);
  return SecretBytes(line);
}

Result<SecretBytes> read_secret_line(const std::filesystem::path& path) {
  TRY(const SecretBytes text, read_secret_file(path, 4096));
  return first_line(text);
}

}  // namespace certstead

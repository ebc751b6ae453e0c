#include "base/secret_line.h"

#include <algorithm>

namespace certstead {

SecretBytes first_line(const SecretBytes& text) {
  const BytesView all = text.reveal();
  const auto end = std::find(all.begin(), all.end(), '\n');
  BytesView line = all.first(static_cast<std::size_t>(end - all.begin()));
  if (!line.empty() && line.back() == '\r') line = line.first(line.size() - 1);
  return SecretBytes(line);
}

}  // namespace certstead

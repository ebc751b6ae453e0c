#include "dns/txt_value.h"

#include "base/text.h"

namespace certstead {

std::string plain_txt(std::string_view written) {
  const std::string_view text = trim(written);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      inside = !inside;
    } else if (inside) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      out += text[i];
    }
  }
  return out;
}

}  // namespace certstead

#include "base/escape.h"

namespace certstead {

std::string put_characters(std::string_view text, std::string_view characters,
                           std::initializer_list<std::string_view> by) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const std::size_t at = characters.find(c);
    if (at == std::string_view::npos) {
      out += c;
    } else {
      out += by.begin()[at];
    }
  }
  return out;
}

std::string xml_escape(std::string_view text) {
  return put_characters(text, "&<>\"'", {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"});
}

}  // namespace certstead

#include "formula/escape.h"

#include <array>
#include <cstdio>

#include "base/text.h"
#include "base/utf8.h"

namespace certstead::formula {
namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string json_character(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) return {c};
  std::array<char, 8> out{};
  std::snprintf(out.data(), out.size(), "\\u%04x", static_cast<unsigned char>(c));
  return out.data();
}

Result<std::string> header_value(std::string_view text) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F)
      return invalid("a header can't hold the character '" + printable({&c, 1}) + "'", "header-injection");
  return std::string(text);
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return out;
}

std::string json_escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = first_utf8(text).size;
    if (size == 1)
      out += json_character(text[0]);
    else
      out += size == 0 ? "\xEF\xBF\xBD" : text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

Result<std::string> escaped_for(Escape where, std::string_view text) {
  switch (where) {
    case Escape::kPlain:
      return std::string(text);
    case Escape::kUrl:
    case Escape::kForm:
      return percent_encoded(text);
    case Escape::kJsonString:
      return json_escaped(text);
    case Escape::kHeader:
      return header_value(text);
  }
  return std::string();
}

}  // namespace certstead::formula

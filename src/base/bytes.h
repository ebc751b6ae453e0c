// Plain bytes, and views of them. Secrets are SecretBytes (secret.h) instead.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace certstead {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

inline BytesView view_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view view_text(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(std::string_view text) {
  const BytesView view = view_bytes(text);
  return {view.begin(), view.end()};
}
inline std::string to_text(BytesView bytes) { return std::string(view_text(bytes)); }

// Compares in a time that depends on the lengths only.
bool equal_constant_time(BytesView a, BytesView b);

}  // namespace certstead

// UTF-8 (RFC 3629: no overlong forms, no surrogates), a character at a time.
#pragma once

#include <cstdint>
#include <string_view>

namespace certstead {

struct Utf8Character {
  std::uint32_t code = 0;
  std::size_t size = 0;  // bytes; 0: what stands there is no UTF-8
};

// The character at the beginning of `text`, which is not empty.
Utf8Character first_utf8(std::string_view text);
bool is_utf8(std::string_view text);

}  // namespace certstead

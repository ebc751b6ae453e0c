// How serial numbers are written: in whole octets, as `openssl x509 -serial` does it.
#pragma once

#include <string>

namespace certstead {

// Hex digits with a zero before them where they are odd in number.
inline std::string even_hex(std::string digits) {
  if (digits.size() % 2 != 0) digits.insert(digits.begin(), '0');
  return digits;
}

}  // namespace certstead

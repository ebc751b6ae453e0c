// A place between 0 and 1 for an id: the same for the same id, evenly spread over many.
#pragma once

#include <cstdint>
#include <string_view>

namespace certstead {

// FNV-1a with a final mix (the avalanche of MurmurHash3), since the ids that come in are short and alike.
inline double spread(std::string_view id, std::string_view use) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto take = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  };
  take(use);
  take(id);
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdULL;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  hash ^= hash >> 33;
  return static_cast<double>(hash >> 11) * 0x1.0p-53;
}

}  // namespace certstead

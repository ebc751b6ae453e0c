// For tests that look for secrets in what lies on disk.
#pragma once

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/secret.h"

namespace certstead {

inline bool contains(const Bytes& where, BytesView what) {
  return std::search(where.begin(), where.end(), what.begin(), what.end()) != where.end();
}

// Every file below `directory` that holds `needle`.
inline std::vector<std::string> files_with(const std::filesystem::path& directory, BytesView needle) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    if (contains(read_file(entry.path(), 1U << 30).value(), needle)) found.push_back(entry.path().filename());
  }
  return found;
}

// The private number of a P-256 key: the 32 bytes after the version in SEC 1 DER (RFC 5915: 30 len 02 01 01
// 04 20 ...).
inline Bytes private_number(const SecretBytes& der) {
  const BytesView bytes = der.reveal();
  return {bytes.begin() + 7, bytes.begin() + 39};
}

}  // namespace certstead

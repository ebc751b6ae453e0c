// Keys of a view's records: one letter for the kind, then what it is found by (FORMAT.md). Internal.
#pragma once

#include <string>
#include <string_view>

#include "base/address.h"
#include "base/text.h"

namespace certstead {

enum class RecordKind : char {
  kCredential = 'c',  // by credential id
  kName = 'n',        // by host pattern
  kTag = 't',         // by tag, lower case; an address in its one spelling
  kSet = 's',         // by set id
  kChain = 'h',       // by SHA-256 of the certificate
  kHttp01 = 'a',      // by token
  kAlpn01 = 'l',      // by host name
  kStaple = 'o',      // by SHA-256 of the leaf
  kTicket = 'k',      // by set id
  kPolicy = 'p',      // by setting
  kMeta = 'm',        // one record, empty rest
};

// Longest text that may stand in a key (LMDB ends at 511 bytes).
inline constexpr std::size_t kMaxKeyText = 255;

inline std::string key_of(RecordKind kind, std::string_view rest = {}) {
  std::string key;
  key.reserve(rest.size() + 1);
  key.push_back(static_cast<char>(kind));
  return key.append(rest);
}
inline std::string tag_key(std::string_view tag) {
  const bool maybe_address = tag.find(':') != std::string_view::npos || tag.find_first_of("0123456789") == 0;
  const Result<std::string> address =
      maybe_address ? canonical_address(tag) : Result<std::string>(std::string());
  return key_of(RecordKind::kTag, address && !address->empty() ? *address : lower_ascii(tag));
}

}  // namespace certstead

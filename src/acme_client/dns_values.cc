#include "acme_client/dns_values.h"

#include "base/encoding.h"
#include "crypto/digest.h"

namespace certstead {

std::string dns01_value(std::string_view key_authorization) {
  return base64url_encode(sha256(view_bytes(key_authorization)));
}

std::string account_label(std::string_view account_url) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  constexpr std::size_t kBytes = 10, kBits = 5;
  const Bytes digest = sha256(view_bytes(account_url));
  std::string out = "_";
  unsigned bits = 0;
  std::size_t held = 0;
  for (std::size_t i = 0; i < kBytes; ++i) {
    bits = (bits << 8 | digest[i]) & 0xffff;
    for (held += 8; held >= kBits; held -= kBits) out += kAlphabet[bits >> (held - kBits) & 31];
  }
  return out;
}

}  // namespace certstead

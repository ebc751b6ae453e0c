// Signature schemes of TLS (RFC 8446 section 4.2.3) as people write them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace certstead {

// Words with commas or colons between them: a kind ("ecdsa", "rsa"), a scheme as TLS calls it
// ("ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256") or as OpenSSL does ("ECDSA+SHA256", "RSA-PSS+SHA256"), or
// a number ("0x0403"). In that order, each once. kInvalid ("bad-sigalgs") names the word.
Result<std::vector<std::uint16_t>> parse_signature_schemes(std::string_view text);

}  // namespace certstead

// The two lines that a look-up leaves in the log when `certstead cache log on` was said.
#pragma once

#include <string>

#include "tlscache/selection.h"

namespace certstead {

// The setting of a view that switches the log on ("on") for everyone who reads it.
inline constexpr std::string_view kLookupLogSetting = "lookup-log";

// The hashes a client offers, per kind of signature: bit n is the TLS 1.2 HashAlgorithm n (RFC 5246 section
// 7.4.1.4.1): 0x04 SHA-1, 0x08 SHA-224, 0x10 SHA-256, 0x20 SHA-384, 0x40 SHA-512. PSS counts as its hash,
// under RSA. 0x0 where the client named none.
struct AlgorithmMasks {
  unsigned rsa = 0, ecdsa = 0;
  bool operator==(const AlgorithmMasks&) const = default;
};
AlgorithmMasks algorithm_masks(const ClientHello& hello);

// "RSA 4096", "ECDSA NIST P-256".
std::string key_text(KeyType type);

// `asked` is the name, address or tag of the look-up.
std::string request_line(const ServePolicy& policy, std::string_view asked, const ClientHello& hello);
// Err: 0x0 found, 0x1 nothing there, 0x2 nothing that the client can verify.
std::string result_line(const ServePolicy& policy, std::string_view asked, const ClientHello& hello,
                        const Selection& selection);

}  // namespace certstead

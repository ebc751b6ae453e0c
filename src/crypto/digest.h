// SHA-256, HMAC (RFC 2104), HKDF-SHA-256 (RFC 5869).
#pragma once

#include "base/secret.h"

namespace certstead {

Bytes sha256(BytesView data);
std::string sha256_hex(BytesView data);
// SHA-1 for old protocols alone.
enum class MacDigest { kSha1, kSha256, kSha384, kSha512 };
Bytes hmac(MacDigest digest, const SecretBytes& key, BytesView data);
Bytes hmac_sha256(const SecretBytes& key, BytesView data);
SecretBytes hkdf_sha256(const SecretBytes& secret, BytesView salt, BytesView info, std::size_t length);

}  // namespace certstead

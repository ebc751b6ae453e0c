// Random bytes from OpenSSL's generator. The process ends if the system can't give any: nothing sane could
// follow.
#pragma once

#include "base/secret.h"

namespace certstead {

Bytes random_bytes(std::size_t count);
SecretBytes random_secret(std::size_t count);
// `count` random bytes as base64url: for ids and tokens (16 bytes = 22 characters).
std::string random_id(std::size_t count = 16);

}  // namespace certstead

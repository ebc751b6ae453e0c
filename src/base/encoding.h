// Hex, base64 (RFC 4648 section 4) and base64url without padding (section 5). Decoders are strict: no blanks,
// no characters outside the alphabet, no non-zero trailing bits. base64 wants its padding, base64url refuses
// any.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace certstead {

std::string hex_encode(BytesView bytes);  // lower case
Result<Bytes> hex_decode(std::string_view text);
std::string base64_encode(BytesView bytes);
Result<Bytes> base64_decode(std::string_view text);
std::string base64url_encode(BytesView bytes);
Result<Bytes> base64url_decode(std::string_view text);

}  // namespace certstead

// The two spellings of an ECDSA signature. Only for the .cc files of this module.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace certstead {

// Ecdsa-Sig-Value (RFC 3279 section 2.2.3) to r and s side by side, each of `length` octets. kInvalid.
Result<Bytes> ecdsa_der_to_pair(BytesView der, std::size_t length);
// The way back; `pair` must have 2 * `length` octets. kInvalid.
Result<Bytes> ecdsa_pair_to_der(BytesView pair, std::size_t length);

}  // namespace certstead

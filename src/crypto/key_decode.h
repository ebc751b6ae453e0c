// Private keys out of DER. Only for the .cc files of this module.
#pragma once

#include "crypto/key_numbers.h"

namespace certstead {

struct DecodedKey {
  SharedKey key;
  KeyType type;
  // From PKCS#8: made by others, so worth a trial before it is trusted.
  bool foreign = false;
  // Both halves were compared already.
  bool proven = false;
};
// PKCS#8 (RFC 5208, RFC 5958), SEC 1 (RFC 5915), PKCS#1 (RFC 8017), nothing behind it. kInvalid.
Result<DecodedKey> decode_private_key(BytesView der);

}  // namespace certstead

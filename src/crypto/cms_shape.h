// The one shape of CMS that is made and accepted. Only for the .cc files of this module.
#pragma once

#include <optional>

#include "base/bytes.h"

namespace certstead {

// AuthEnvelopedData (RFC 5083) of plain data under AES-256-GCM with a 12-byte nonce and a 16-byte tag (RFC
// 5084), for one recipient by key agreement (RFC 5753: an uncompressed point of P-256, key derived with
// SHA-256, AES-256 key wrap), in DER, with nothing optional and nothing behind. What is not named here has
// one spelling, so no byte can change without being seen.
struct EnvelopeParts {
  BytesView point;      // the sender's passing key, 65 octets
  BytesView recipient;  // KeyAgreeRecipientIdentifier, a whole element
  BytesView wrapped_key, nonce, text, tag;
};
Bytes write_envelope(const EnvelopeParts& parts);
// Views into `der`. Nothing for any other shape.
std::optional<EnvelopeParts> read_envelope(BytesView der);

// ECC-CMS-SharedInfo (RFC 5753 section 7.2) for a key of AES-256 key wrap.
BytesView wrapping_key_info();

}  // namespace certstead

// The one shape of CMS that is accepted. Only for the .cc files of this module.
#pragma once

#include "base/bytes.h"

namespace certstead {

// True if `der` is AuthEnvelopedData (RFC 5083) of plain data under AES-256-GCM with a 12-byte nonce and a
// 16-byte tag (RFC 5084), for one recipient by key agreement (RFC 5753: an uncompressed point of P-256, key
// derived with SHA-256, AES-256 key wrap), in DER, with nothing optional and nothing behind. So no byte can
// change without being seen.
bool is_gcm_envelope(BytesView der);

}  // namespace certstead

// The one shape of CMS that is accepted. Only for the .cc files of this module.
#pragma once

#include "base/bytes.h"

namespace certstead {

// True if `der` is AuthEnvelopedData (RFC 5083) of plain data under AES-256-GCM with a 12-byte nonce and a
// 16-byte tag (RFC 5084), for one recipient by key agreement (RFC 5753), in DER, with nothing optional and
// nothing behind.
bool is_gcm_envelope(BytesView der);

}  // namespace certstead

// CMS AuthEnvelopedData for one recipient (RFC 5083, RFC 5753: ECDH P-256, AES-256-GCM).
#pragma once

#include "base/secret.h"
#include "crypto/certificate.h"

namespace certstead {

// DER of an envelope that only the holder of the key of `recipient` (a P-256 certificate) can open.
Result<Bytes> cms_seal(const SecretBytes& content, const Certificate& recipient);
// kDenied if the envelope is for somebody else, was changed, or is anything but AuthEnvelopedData with GCM:
// then nothing comes out.
Result<SecretBytes> cms_open(BytesView envelope, const Certificate& recipient, const PrivateKey& key);

}  // namespace certstead

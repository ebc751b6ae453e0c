// CMS AuthEnvelopedData for one recipient (RFC 5083, RFC 5753: ECDH P-256, AES-256-GCM).
#pragma once

#include "base/secret.h"
#include "crypto/certificate.h"

namespace certstead {

// DER of an envelope of at most 32 MiB that only the holder of the key of `recipient` (a P-256 certificate)
// can open. kInvalid for other certificates.
Result<Bytes> cms_seal(const SecretBytes& content, const Certificate& recipient);
// kDenied if the envelope is for somebody else, was changed, or is anything but the one shape that
// cms_seal makes (CBC, other ciphers, several recipients, other key derivations): then nothing comes out.
Result<SecretBytes> cms_open(BytesView envelope, const Certificate& recipient, const PrivateKey& key);

}  // namespace certstead

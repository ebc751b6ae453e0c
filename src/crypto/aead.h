// AES-256-GCM with a random 96-bit nonce: nonce | ciphertext | 16-byte tag.
#pragma once

#include "base/result.h"
#include "base/secret.h"

namespace certstead {

// `key` has 32 bytes. The same `associated` bytes must be shown when opening.
Result<Bytes> aead_seal(const SecretBytes& key, BytesView plaintext, BytesView associated);
// kDenied if key, associated data or a single bit differ: then nothing comes out.
Result<SecretBytes> aead_open(const SecretBytes& key, BytesView sealed, BytesView associated);

}  // namespace certstead

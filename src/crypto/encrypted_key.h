// Private keys under a password, for what has to withstand guessing: PKCS#8 EncryptedPrivateKeyInfo with
// PBES2, scrypt and AES-256-CBC (RFC 8018, RFC 7914).
#pragma once

#include "crypto/key.h"

namespace certstead {

// The cost of one guess: 16 MiB and about 0.3 s. N is the largest that OpenSSL's PBES2 takes (32 MiB); p
// makes up for it.
inline constexpr std::uint64_t kScryptN = 16384;
inline constexpr std::uint64_t kScryptR = 8;
inline constexpr std::uint64_t kScryptP = 5;

// DER, about 250 bytes. kInvalid ("password-empty") without a password. Blocks for the derivation.
Result<Bytes> encrypt_key(const PrivateKey& key, const SecretBytes& password);
// Takes what encrypt_key made, nothing else: other schemes and other costs are kInvalid before anything is
// derived. kDenied ("key-password") for a wrong password. Blocks for the derivation.
Result<PrivateKey> decrypt_key(BytesView der, const SecretBytes& password);

}  // namespace certstead

// The recipient's side of backups: a P-256 pair whose private half lies under a password, kept off line.
#pragma once

#include "crypto/certificate.h"

namespace certstead {

inline constexpr std::size_t kLeastPassword = 12;  // bytes

struct RecoveryKey {
  PrivateKey key;
  Certificate certificate;  // self-signed; the managers pin it
  Certificate fleet_root;   // backups of other fleets are refused
};

// A new pair called `name`. kInvalid if that can't be an identity's id.
Result<RecoveryKey> make_recovery_key(std::string_view name, const Certificate& fleet_root, Instant now);

// The key file: PEM of the key (PKCS#8 under `password`, see pki/export.h), the certificate, the fleet root.
// kInvalid ("password-short") below kLeastPassword. Blocks for the key derivation (a quarter of a second).
Result<SecretBytes> recovery_key_to_text(const RecoveryKey& key, const SecretBytes& password);
// kDenied ("password-wrong"); kInvalid ("key-file") if it is no such file, or asks for more than five million
// rounds.
Result<RecoveryKey> recovery_key_from_text(const SecretBytes& text, const SecretBytes& password);

}  // namespace certstead

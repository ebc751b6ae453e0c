// An identity: who a manager or a member is, with the private keys that prove it. It lives in a directory of
// its own, never in the store or beside it.
#pragma once

#include <filesystem>

#include "vault/fleet_ca.h"

namespace certstead {

struct IdentityKey {
  PrivateKey key;
  Certificate certificate;
};

// Cheap to copy (keys are shared); safe from several threads while it is not assigned to.
struct Identity {
  std::string id;
  Role role;
  IdentityKey sealing;  // key agreement: what is granted to this identity opens with it
  IdentityKey signing;  // signatures, TLS server and client
  Certificate root;     // of the fleet

  IdentityName name() const { return {role, id}; }
};

// Two fresh P-256 pairs with certificates from `ca`.
Result<Identity> make_identity(const FleetCa& ca, const IdentityName& name, Instant now);
// The same identity and keys with new certificates; what was granted to it stays open to it.
Result<Identity> renew_identity(const FleetCa& ca, const Identity& identity, Instant now);
// From the parts that one who joined holds: checks that they belong together and lead to `root`, dates aside.
// kDenied.
Result<Identity> assemble_identity(IdentityKey sealing, IdentityKey signing, Certificate root);

// Files sealing.key, sealing.pem, signing.key, signing.pem, fleet-ca.pem; keys as PKCS#8 PEM, all 0600,
// directory 0700. kConflict if the directory is of another fleet.
Status save_identity(const Identity& identity, const std::filesystem::path& directory);
// kNotFound if there is none; kDenied if others may read a key or the parts don't belong together. Dates are
// not judged: an expired identity can still be looked at and renewed.
Result<Identity> load_identity(const std::filesystem::path& directory);

}  // namespace certstead

// The fleet CA: the one root under which managers, members and store keys have their certificates. It has
// nothing to do with the certificates that are served.
#pragma once

#include <filesystem>

#include "crypto/certificate.h"
#include "vault/identity_name.h"

namespace certstead {

inline constexpr std::chrono::days kFleetRootLife{30 * 365};
inline constexpr std::chrono::days kIdentityLife{10 * 365};
// Certificates start this long before they are made: the clocks of a fleet differ.
inline constexpr std::chrono::days kIdentityBackdating{1};

// Cheap to copy; safe from several threads.
class FleetCa {
 public:
  // A new P-256 root.
  static Result<FleetCa> make(Instant now);
  // From fleet-ca.key and fleet-ca.pem in `directory`. kNotFound without a key; kDenied if others may read it
  // or if the two don't belong together.
  static Result<FleetCa> load(const std::filesystem::path& directory);
  // Writes both files, 0600, into `directory` (made 0700). kConflict if another fleet CA is there.
  Status save(const std::filesystem::path& directory) const;

  // A certificate for a public key that somebody else may hold the private half of. kInvalid for a bad id,
  // and for keys that are not P-256.
  Result<Certificate> issue(const PublicKey& key, const IdentityName& name, IdentityUse use,
                            Instant now) const;

  // The root's word that the store may raise its epoch to `epoch` (after a restore or a copy).
  Result<Bytes> prove_epoch(std::string_view store_id, std::int64_t epoch) const;

  const Certificate& root() const { return root_; }

 private:
  FleetCa(PrivateKey key, Certificate root) : key_(std::move(key)), root_(std::move(root)) {}
  PrivateKey key_;
  Certificate root_;
};

// kDenied unless `proof` came from prove_epoch of the CA with this root for these values.
Status verify_epoch_proof(const Certificate& root, std::string_view store_id, std::int64_t epoch,
                          BytesView proof);

}  // namespace certstead

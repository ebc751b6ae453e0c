// Signatures of managers. The bytes hold the signer's certificate, so that whoever has the fleet root can
// verify them with nothing else. A context ("secret", "credential", "manifest") keeps a signature made for
// one use from another.
#pragma once

#include <optional>

#include "model/sealer.h"
#include "vault/identity.h"
#include "vault/identity_cache.h"

namespace certstead {

inline constexpr std::string_view kSecretContext = "secret";
inline constexpr std::string_view kCredentialContext = "credential";
inline constexpr std::string_view kManifestContext = "manifest";

// kDenied ("identity-role", "identity-dates") unless `manager` is a manager whose certificate is valid at
// `now`.
Result<Sealer::Signature> sign_as_manager(const Identity& manager, std::string_view context,
                                          BytesView message, Instant now);

// kDenied ("signature", "identity-...") unless a manager under the root of `trusted` with the id
// `signature.signer` signed this. Give `now` where the signature is fresh by nature (a manifest). Without it
// the dates of the certificate are not judged: what was signed while it lived stays good, or a store would
// become unreadable with age.
Status verify_manager_signature(IdentityCache& trusted, std::string_view context, BytesView message,
                                const Sealer::Signature& signature, std::optional<Instant> now);

}  // namespace certstead

// The member's side: believing and opening what it was granted, with nothing but its identity (and the fleet
// root in it).
#pragma once

#include "model/feed.h"
#include "vault/identity.h"
#include "vault/identity_cache.h"

namespace certstead {

// Safe from several threads. Asks nobody, blocks for nothing.
class MemberVault {
 public:
  // Of store `store_id` only.
  MemberVault(Identity member, std::string store_id);

  // kDenied unless a manager of the fleet wrote `credential` as it stands (names, chain, dates, sealed
  // key), for this store.
  Status verify(const FeedCredential& credential);
  // verify(), and then the private key out of the member's own grant. kDenied if there is no grant for this
  // member, or anything was changed or moved.
  Result<SecretBytes> open_key(const FeedCredential& credential);
  // A single secret with its grant, e.g. one that a member keeps itself.
  Result<SecretBytes> open(const SealedSecret& secret, const Grant& grant);

  const Identity& member() const { return member_; }
  const std::string& store_id() const { return store_id_; }

 private:
  const Identity member_;
  const std::string store_id_;
  IdentityCache trusted_;
};

}  // namespace certstead

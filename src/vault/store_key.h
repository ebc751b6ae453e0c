// The managers' common key. Secrets are sealed to it once; it is granted to each manager, so that a further
// manager costs one grant and not one per secret.
#pragma once

#include "model/sealer.h"
#include "model/settings.h"
#include "vault/identity.h"

namespace certstead {

// The store key's name among recipients: "store-key/<version>".
std::string store_key_recipient(std::int64_t version);

// One version that this manager can open secrets with.
struct OpenStoreKey {
  std::int64_t version = 1;
  PrivateKey key;
  Certificate certificate;
};

// A fresh key for version `version` of store `store_id`, granted to `managers` (id and sealing certificate).
// kDenied if one of them is not a manager of this fleet; kInvalid without any.
Result<Settings::StoreKey> make_store_key(const FleetCa& ca, std::string_view store_id, std::int64_t version,
                                          const std::vector<Recipient>& managers, Instant now);
// Opens `stored` with the grant of `manager`. kNotFound if it has none; kDenied if the certificate is not the
// fleet's for this store and version, or the key in the grant is not the certificate's.
Result<OpenStoreKey> open_store_key(const Settings::StoreKey& stored, std::string_view store_id,
                                    const Identity& manager);
// One more manager's grant of the same key.
Result<Grant> grant_store_key(const OpenStoreKey& key, std::string_view store_id,
                              const Certificate& fleet_root, const Recipient& manager, Instant now);

}  // namespace certstead

// The manager's side of sealing: content sealed once under a random key, that key granted to each reader.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "model/sealer.h"
#include "vault/identity_cache.h"
#include "vault/store_key.h"

namespace certstead {

struct OpenedSecret;

// Safe from several threads. The clock must outlive it. Nothing here blocks but `store_keys`, which is called
// when a store key is needed first and when a secret names a version that is not known yet.
class Vault final : public Sealer {
 public:
  // E.g. [&] { return store.store_keys(); }
  using StoreKeys = std::function<Result<std::vector<Settings::StoreKey>>()>;
  Vault(Identity manager, std::string store_id, StoreKeys store_keys, const Clock& clock);

  // See Sealer. Readers are members and the export identity; the store key's grant comes first in what `seal`
  // returns.
  Result<Sealed> seal(const SecretRef& ref, const SecretBytes& secret,
                      const std::vector<Recipient>& readers) override;
  Result<SecretBytes> open(const SealedSecret& secret, const std::vector<Grant>& grants) override;
  Result<std::vector<Grant>> grant(const SealedSecret& secret, const std::vector<Grant>& existing,
                                   const std::vector<Recipient>& readers) override;
  Result<Signature> sign(std::string_view context, BytesView message) override;
  Status verify(std::string_view context, BytesView message, const Signature& signature) override;

  // Reads the store keys again; call it after a new version was put. The newest version that is granted to
  // this manager seals from then on. kDenied if a stored key is not the fleet's, kNotFound if none is granted
  // to this manager.
  Status reload_store_keys();

  const Identity& manager() const { return manager_; }
  const std::string& store_id() const { return store_id_; }

 private:
  using Keys = std::vector<OpenStoreKey>;  // oldest first, never empty
  Result<std::shared_ptr<const Keys>> keys();
  Result<OpenedSecret> open_own(const SealedSecret& secret, const std::vector<Grant>& grants);
  Result<std::vector<Grant>> grants_for(const SecretRef& ref, const SecretBytes& key,
                                        const std::vector<Recipient>& readers);

  const Identity manager_;
  const std::string store_id_;
  const StoreKeys store_keys_;
  const Clock& clock_;
  IdentityCache trusted_;
  std::mutex mutex_;
  std::shared_ptr<const Keys> keys_;  // guarded by mutex_
};

}  // namespace certstead

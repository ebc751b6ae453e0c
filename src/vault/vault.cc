#include "vault/vault.h"

#include <algorithm>

#include "base/text.h"
#include "vault/export_vault.h"
#include "vault/sealed_content.h"
#include "vault/signature.h"

namespace certstead {
namespace {

const OpenStoreKey* find_key(const std::vector<OpenStoreKey>& keys, std::string_view recipient) {
  for (const OpenStoreKey& key : keys) {
    if (store_key_recipient(key.version) == recipient) return &key;
  }
  return nullptr;
}

bool names_store_key(std::string_view recipient) { return recipient.starts_with("store-key/"); }

bool has_unknown_version(const std::vector<OpenStoreKey>& keys, const std::vector<Grant>& grants) {
  return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
    return names_store_key(grant.recipient) && find_key(keys, grant.recipient) == nullptr;
  });
}

Result<OpenedSecret> open_with(const std::vector<OpenStoreKey>& keys, const SealedSecret& secret,
                               const std::vector<Grant>& grants, std::string_view store_id) {
  Error last = denied("the secret " + printable(secret.ref.table + "/" + secret.ref.record) +
                          " has no grant for a store key of this manager",
                      "grant");
  for (const Grant& grant : grants) {
    const OpenStoreKey* const key = find_key(keys, grant.recipient);
    if (key == nullptr) continue;
    auto opened = open_granted(secret, store_id, grant, grant.recipient, key->certificate, key->key);
    if (opened) return opened;
    last = opened.error();
  }
  return last;
}

}  // namespace

Vault::Vault(Identity manager, std::string store_id, StoreKeys store_keys, const Clock& clock)
    : manager_(std::move(manager)),
      store_id_(std::move(store_id)),
      store_keys_(std::move(store_keys)),
      clock_(clock),
      trusted_(manager_.root) {}

Status Vault::reload_store_keys() {
  TRY(const std::vector<Settings::StoreKey> stored, store_keys_());
  auto keys = std::make_shared<Keys>();
  for (const Settings::StoreKey& one : stored) {
    auto opened = open_store_key(one, store_id_, manager_);
    if (opened) keys->push_back(std::move(*opened));
    if (!opened && opened.error().code != Code::kNotFound) return opened.error();
  }
  if (keys->empty()) {
    return not_found("no version of the store key is granted to manager " + manager_.id +
                         "; have another manager grant it",
                     "store-key-not-granted");
  }
  std::sort(keys->begin(), keys->end(),
            [](const OpenStoreKey& a, const OpenStoreKey& b) { return a.version < b.version; });
  const std::lock_guard hold(mutex_);
  keys_ = std::move(keys);
  return Done{};
}

Result<std::shared_ptr<const Vault::Keys>> Vault::keys() {
  {
    const std::lock_guard hold(mutex_);
    if (keys_ != nullptr) return keys_;
  }
  CHECK_OK(reload_store_keys());
  const std::lock_guard hold(mutex_);
  return keys_;
}

Result<std::vector<Grant>> Vault::grants_for(const SecretRef& ref, const SecretBytes& key,
                                             const std::vector<Recipient>& readers) {
  std::vector<Grant> grants;
  for (const Recipient& reader : readers) {
    const IdentityName name = reader.id == kExportRecipient ? export_identity_name(store_id_)
                                                            : IdentityName{Role::kMember, reader.id};
    const auto certificate =
        trusted_.check(reader.sealing_certificate, name, IdentityUse::kSealing, clock_.now());
    if (!certificate) {
      Error error = certificate.error().within("nothing is granted to " + printable(reader.id));
      error.code = Code::kDenied;
      return error;
    }
    TRY(Grant grant, make_grant(ref, key, reader.id, *certificate));
    grants.push_back(std::move(grant));
  }
  return grants;
}

Result<Sealed> Vault::seal(const SecretRef& ref, const SecretBytes& secret,
                           const std::vector<Recipient>& readers) {
  TRY(const std::shared_ptr<const Keys> keys, this->keys());
  const OpenStoreKey& newest = keys->back();
  const SecretBytes content_key = make_content_key();
  TRY(std::vector<Grant> grants, grants_for(ref, content_key, readers));
  TRY(Grant own, make_grant(ref, content_key, store_key_recipient(newest.version), newest.certificate));
  grants.insert(grants.begin(), std::move(own));
  TRY(Bytes content, seal_content(content_key, secret, store_id_, ref));
  TRY(Signature signature, sign(kSecretContext, signed_secret(store_id_, ref, content)));
  return Sealed{{ref, std::move(content), std::move(signature.signer), std::move(signature.bytes)},
                std::move(grants)};
}

Result<OpenedSecret> Vault::open_own(const SealedSecret& secret, const std::vector<Grant>& grants) {
  CHECK_OK(verify_secret(trusted_, store_id_, secret));
  TRY(std::shared_ptr<const Keys> keys, this->keys());
  if (has_unknown_version(*keys, grants)) {
    CHECK_OK(reload_store_keys());
    TRY(keys, this->keys());
  }
  return open_with(*keys, secret, grants, store_id_);
}

Result<SecretBytes> Vault::open(const SealedSecret& secret, const std::vector<Grant>& grants) {
  TRY(OpenedSecret opened, open_own(secret, grants));
  return std::move(opened.secret);
}

Result<std::vector<Grant>> Vault::grant(const SealedSecret& secret, const std::vector<Grant>& existing,
                                        const std::vector<Recipient>& readers) {
  TRY(const OpenedSecret opened, open_own(secret, existing));
  return grants_for(secret.ref, opened.content_key, readers);
}

Result<Sealer::Signature> Vault::sign(std::string_view context, BytesView message) {
  return sign_as_manager(manager_, context, message, clock_.now());
}

Status Vault::verify(std::string_view context, BytesView message, const Signature& signature) {
  return verify_manager_signature(trusted_, context, message, signature, std::nullopt);
}

}  // namespace certstead

#include "vault/test_fleet.h"

namespace certstead {

TestFleet::TestFleet()
    : ca(FleetCa::make(clock.now()).value()),
      manager(identity("boss", Role::kManager)),
      store_keys({make_store_key(ca, kTestStoreId, 1, {recipient_of(manager)}, clock.now()).value()}),
      vault(
          manager, std::string(kTestStoreId), [this] { return store_keys; }, clock) {}

Identity TestFleet::identity(std::string_view id, Role role) const {
  return make_identity(ca, {role, std::string(id)}, clock.now()).value();
}

std::unique_ptr<Vault> TestFleet::vault_of(const Identity& other,
                                           const std::vector<Settings::StoreKey>& keys) const {
  return std::make_unique<Vault>(
      other, std::string(kTestStoreId), [&keys] { return keys; }, clock);
}

Recipient recipient_of(const Identity& identity) { return {identity.id, identity.sealing.certificate.der()}; }

FeedCredential test_credential(Vault& vault, std::string_view version_id,
                               const std::vector<Recipient>& readers, std::string_view reader) {
  const SecretRef ref{"credentials", std::string(version_id), "key", 1};
  Sealed sealed = vault.seal(ref, SecretBytes(view_bytes("the key")), readers).value();
  FeedCredential credential;
  credential.version_id = version_id;
  credential.set_id = "set-1";
  credential.set_name = "www.example.test";
  credential.names = {"www.example.test", "*.example.test"};
  credential.tags = {"keyfile.kyr"};
  credential.chain = {to_bytes("leaf"), to_bytes("intermediate")};
  credential.not_before = from_unix_seconds(1'799'000'000);
  credential.not_after = from_unix_seconds(1'809'000'000);
  credential.key = std::move(sealed.secret);
  for (Grant& grant : sealed.grants) {
    if (grant.recipient == reader) credential.grant = std::move(grant);
  }
  Sealer::Signature signature =
      SealerManifestSigner(vault, vault.store_id()).sign_credential(credential).value();
  credential.signer = std::move(signature.signer);
  credential.signature = std::move(signature.bytes);
  return credential;
}

}  // namespace certstead

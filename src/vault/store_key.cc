#include "vault/store_key.h"

#include "base/codec.h"
#include "base/text.h"
#include "crypto/cms.h"

namespace certstead {
namespace {

// The certificate names store and version, so that the key of another store of the fleet can't be put in.
IdentityName store_key_name(std::string_view store_id, std::int64_t version) {
  return {Role::kStoreKey, std::string(store_id) + "." + std::to_string(version)};
}

SecretRef store_key_ref(std::int64_t version) {
  return {"store_keys", std::to_string(version), "key", version};
}

SecretBytes encode_private(const PrivateKey& key, std::string_view store_id, std::int64_t version) {
  return SecretBytes(Encoder()
                         .text("certstead-store-key-1")
                         .text(store_id)
                         .i64(version)
                         .bytes(key.to_der().reveal())
                         .take());
}

Result<PrivateKey> decode_private(const SecretBytes& encoded, std::string_view store_id,
                                  std::int64_t version) {
  Decoder in(encoded.reveal());
  const bool named = in.text() == "certstead-store-key-1" && in.text() == store_id && in.i64() == version;
  const BytesView der = in.bytes();
  CHECK_OK(in.finish());
  if (!named) return denied("it is the grant of another store key", "store-key");
  return PrivateKey::from_der(der);
}

Error not_ours(std::int64_t version, std::string_view why) {
  return denied("version " + std::to_string(version) + " of the store key can't be used: " +
                    std::string(why) + "; restore it from a backup, or put a new version",
                "store-key");
}

}  // namespace

std::string store_key_recipient(std::int64_t version) { return "store-key/" + std::to_string(version); }

Result<Grant> grant_store_key(const OpenStoreKey& key, std::string_view store_id,
                              const Certificate& fleet_root, const Recipient& manager, Instant now) {
  TRY(const Certificate certificate, Certificate::from_der(manager.sealing_certificate));
  CHECK_OK(verify_identity_certificate(certificate, fleet_root, {Role::kManager, manager.id},
                                       IdentityUse::kSealing, now));
  TRY(Bytes envelope, cms_seal(encode_private(key.key, store_id, key.version), certificate));
  return Grant{store_key_ref(key.version), manager.id, std::move(envelope)};
}

Result<Settings::StoreKey> make_store_key(const FleetCa& ca, std::string_view store_id, std::int64_t version,
                                          const std::vector<Recipient>& managers, Instant now) {
  if (managers.empty()) return invalid("a store key needs a manager that can open it", "store-key");
  TRY(PrivateKey key, PrivateKey::generate(KeyType::kP256));
  TRY(Certificate certificate,
      ca.issue(key.public_key(), store_key_name(store_id, version), IdentityUse::kSealing, now));
  const OpenStoreKey open{version, std::move(key), std::move(certificate)};
  Settings::StoreKey stored{version, open.certificate.der(), {}};
  for (const Recipient& manager : managers) {
    TRY(Grant grant, grant_store_key(open, store_id, ca.root(), manager, now));
    stored.grants.push_back(std::move(grant));
  }
  return stored;
}

Result<OpenStoreKey> open_store_key(const Settings::StoreKey& stored, std::string_view store_id,
                                    const Identity& manager) {
  auto certificate = Certificate::from_der(stored.certificate);
  if (!certificate) return not_ours(stored.version, certificate.error().detail);
  const auto verified =
      verify_identity_certificate(*certificate, manager.root, store_key_name(store_id, stored.version),
                                  IdentityUse::kSealing, std::nullopt);
  if (!verified) return not_ours(stored.version, verified.error().detail);
  for (const Grant& grant : stored.grants) {
    if (grant.recipient != manager.id) continue;
    const auto encoded = cms_open(grant.envelope, manager.sealing.certificate, manager.sealing.key);
    if (!encoded) return not_ours(stored.version, "its grant does not open for this manager");
    auto key = decode_private(*encoded, store_id, stored.version);
    if (!key || !certificate->matches(*key)) {
      return not_ours(stored.version, "the key in its grant is not the certificate's");
    }
    return OpenStoreKey{stored.version, std::move(*key), std::move(*certificate)};
  }
  return not_found("version " + std::to_string(stored.version) +
                       " of the store key is not granted to manager " + printable(manager.id) +
                       "; have another manager grant it",
                   "store-key-not-granted");
}

}  // namespace certstead

#include "vault/export_vault.h"

#include <algorithm>

#include "crypto/encrypted_key.h"
#include "vault/identity.h"
#include "vault/sealed_content.h"

namespace certstead {

IdentityName export_identity_name(std::string_view store_id) {
  return {Role::kExport, std::string(store_id)};
}

FleetExportVault::FleetExportVault(FleetCa ca, std::string store_id, const Clock& clock)
    : ca_(std::move(ca)), store_id_(std::move(store_id)), clock_(clock), trusted_(ca_.root()) {}

Result<ExportIdentity> FleetExportVault::make_identity(const SecretBytes& password) {
  TRY(const PrivateKey key, PrivateKey::generate(KeyType::kP256));
  const Instant now = clock_.now();
  TRY(const Certificate certificate,
      ca_.issue(key.public_key(), export_identity_name(store_id_), IdentityUse::kSealing, now));
  ExportIdentity identity;
  identity.certificate = certificate.der();
  TRY(identity.encrypted_key, encrypt_key(key, password));
  identity.created = identity.password_changed = now;
  return identity;
}

// The dates of its certificate are not judged: what was granted stays open.
Result<IdentityKey> FleetExportVault::unlock(const ExportIdentity& identity, const SecretBytes& password) {
  TRY(const Certificate certificate, Certificate::from_der(identity.certificate));
  CHECK_OK(verify_identity_certificate(certificate, ca_.root(), export_identity_name(store_id_),
                                       IdentityUse::kSealing, std::nullopt));
  auto key = decrypt_key(identity.encrypted_key, password);
  if (!key && key.error().id == "key-password")
    return denied("the export password is wrong", "export-password");
  if (!key) return key.error().within("the key of the export identity");
  if (!certificate.matches(*key)) {
    return denied("the key of the export identity is not its certificate's; restore the store from a backup",
                  "export-damaged");
  }
  return IdentityKey{std::move(*key), certificate};
}

Result<Bytes> FleetExportVault::change_password(const ExportIdentity& identity,
                                                const SecretBytes& old_password,
                                                const SecretBytes& new_password) {
  TRY(const IdentityKey pair, unlock(identity, old_password));
  return encrypt_key(pair.key, new_password);
}

Result<std::vector<SecretBytes>> FleetExportVault::open(const ExportIdentity& identity,
                                                        const SecretBytes& password,
                                                        const std::vector<Granted>& secrets) {
  TRY(const IdentityKey pair, unlock(identity, password));
  std::vector<SecretBytes> out;
  for (const Granted& one : secrets) {
    CHECK_OK(verify_secret(trusted_, store_id_, one.secret));
    const auto grant = std::find_if(one.grants.begin(), one.grants.end(),
                                    [](const Grant& g) { return g.recipient == kExportRecipient; });
    if (grant == one.grants.end()) return denied("this key was made to stay here", "not-exportable");
    TRY(OpenedSecret opened,
        open_granted(one.secret, store_id_, *grant, kExportRecipient, pair.certificate, pair.key));
    out.push_back(std::move(opened.secret));
  }
  return out;
}

}  // namespace certstead

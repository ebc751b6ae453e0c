// The export identity's cryptography; see model/export_identity.h. It is a P-256 sealing pair under the fleet
// CA like a member's, "export/<store id>", but its private half lies in the store, as crypto/encrypted_key.h
// makes it.
#pragma once

#include "model/export_identity.h"
#include "vault/identity.h"
#include "vault/identity_cache.h"

namespace certstead {

IdentityName export_identity_name(std::string_view store_id);

// Safe from several threads; the clock must outlive it.
class FleetExportVault final : public ExportVault {
 public:
  FleetExportVault(FleetCa ca, std::string store_id, const Clock& clock);

  Result<ExportIdentity> make_identity(const SecretBytes& password) override;
  Result<Bytes> change_password(const ExportIdentity& identity, const SecretBytes& old_password,
                                const SecretBytes& new_password) override;
  Result<std::vector<SecretBytes>> open(const ExportIdentity& identity, const SecretBytes& password,
                                        const std::vector<Granted>& secrets) override;

 private:
  Result<IdentityKey> unlock(const ExportIdentity& identity, const SecretBytes& password);

  const FleetCa ca_;
  const std::string store_id_;
  const Clock& clock_;
  IdentityCache trusted_;
};

}  // namespace certstead

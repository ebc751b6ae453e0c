// The export identity: to whom keys that a person may take out are granted. Its private half lies in the
// store, encrypted under a password that is kept nowhere.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/secret.h"
#include "model/audit.h"
#include "model/sealer.h"

namespace certstead {

// The recipient id of its grants.
inline constexpr std::string_view kExportRecipient = "export";

struct ExportIdentity {
  Bytes certificate;    // DER, for sealing, under the fleet CA
  Bytes encrypted_key;  // PKCS#8 EncryptedPrivateKeyInfo: PBES2 with scrypt and AES-256-CBC
  Instant created, password_changed;
  int failures = 0;  // wrong passwords in a row
  std::optional<Instant> locked_until;
};

// Port: its record in the store.
class ExportIdentities {
 public:
  virtual ~ExportIdentities() = default;
  // kNotFound with the id "export-not-set-up" if there is none.
  virtual Result<ExportIdentity> export_identity() = 0;
  // kConflict if there is one: what was granted to it would have no reader any more.
  virtual Status create_export_identity(const ExportIdentity& identity, const AuditNote& note) = 0;
  // Puts the key under another password and forgets failures. kConflict unless `before` is the stored one.
  virtual Status change_export_password(BytesView before, BytesView encrypted_key, Instant at,
                                        const AuditNote& note) = 0;
  // Counts a try as failed before it is made, so that neither a crash nor a second caller gets one for free.
  // The fifth failure in a row and each one after it locks for a minute, doubled each time, a day at most.
  // Returns how many failures there are with this one. kLimited while it is locked, with the time to wait.
  virtual Result<int> begin_export_try(Instant now) = 0;
  // The password was right: no failures, no lock.
  virtual Status clear_export_tries() = 0;
};

// Port: the cryptography of it.
class ExportVault {
 public:
  virtual ~ExportVault() = default;
  // A fresh pair of keys with its certificate, the private half under `password`. About 0.3 s.
  virtual Result<ExportIdentity> make_identity(const SecretBytes& password) = 0;
  // The private half under another password. kDenied with the id "export-password" if `old_password` is
  // wrong.
  virtual Result<Bytes> change_password(const ExportIdentity& identity, const SecretBytes& old_password,
                                        const SecretBytes& new_password) = 0;
  // Opens secrets with their grants for the export identity, in order. kDenied: "export-password" for a
  // wrong one, "not-exportable" for a secret that is not granted to it. About 0.3 s for all of them.
  struct Granted {
    const SealedSecret& secret;
    const std::vector<Grant>& grants;
  };
  virtual Result<std::vector<SecretBytes>> open(const ExportIdentity& identity, const SecretBytes& password,
                                                const std::vector<Granted>& secrets) = 0;
};

}  // namespace certstead

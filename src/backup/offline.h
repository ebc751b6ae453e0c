// Reading a store whose manager is down. The data directory is locked as by a manager.
#pragma once

#include <memory>

#include "backup/restore.h"
#include "store/store.h"
#include "vault/vault.h"

namespace certstead {

struct OfflineSet {
  std::string name, status;
  std::vector<std::string> names;
  struct Credential {
    std::string key_type, serial;
    Instant not_after;
  };
  std::vector<Credential> credentials;
};

// Holds the store for as long as it lives. Used by one thread.
class OfflineStore {
 public:
  // For reading only; nothing is brought up to date. Errors as open_sqlite_store_read_only.
  static Result<std::unique_ptr<OfflineStore>> open(const std::filesystem::path& data, const Clock& clock,
                                                    LogSink& log);
  Result<std::vector<OfflineSet>> list();
  // The database, the audit chain, and with `identity` that each key opens and is its certificate's.
  Result<BackupReport> verify(const std::filesystem::path& identity);
  // kNotFound; kInvalid ("nothing-active") if the set has no active credential.
  Result<std::vector<CredentialText>> export_set(const std::filesystem::path& identity, std::string_view set);

 private:
  OfflineStore(std::unique_ptr<Store> store, const Clock& clock) : store_(std::move(store)), clock_(clock) {}
  std::unique_ptr<Store> store_;
  const Clock& clock_;
};

// The same for a store that is open already.
Result<BackupReport> inspect_store(Store& store, const std::filesystem::path& identity, const Clock& clock);
Result<std::vector<CredentialText>> export_from(Store& store, const std::filesystem::path& identity,
                                                std::string_view set, const Clock& clock);

// What was taken out while the manager was down, one line each, in DATA/offline-exports: the next manager
// writes it into the audit log and removes the file. A line holds who, which set and when.
Status note_offline_export(const std::filesystem::path& data, std::string_view actor, std::string_view set,
                           Instant now);
Status audit_offline_exports(const std::filesystem::path& data, Audit& audit, LogSink& log);

}  // namespace certstead

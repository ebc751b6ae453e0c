// What is done with a backup on a host without a manager.
#pragma once

#include "backup/open_backup.h"
#include "base/log_sink.h"

namespace certstead {

// What a backup holds, as read out of it.
struct BackupReport {
  BackupManifest manifest;
  std::int64_t sets = 0, credentials = 0, members = 0, audit_records = 0;
  std::int64_t epoch = 0;  // after a restore the raised one
};

// Opens the whole backup in a scratch directory, checks the store inside and that its keys open with the
// identity inside. kDenied, kInvalid ("store-newer") or kUnavailable with the reason.
Result<BackupReport> verify_backup(const std::filesystem::path& file, const RecoveryKey& key,
                                   const Clock& clock, LogSink& log);

struct RestorePlaces {
  std::filesystem::path data, identity;
  std::filesystem::path config;  // empty: the configuration stays in the backup
};

// Brings a store back. Both directories must be empty or absent (what an interrupted restore left does not
// count); their files get the owner of the directory they lie in. The store appears at the very end, with its
// epoch raised. kConflict ("restore-not-empty", "store-in-use").
Result<BackupReport> restore_backup(const std::filesystem::path& file, const RecoveryKey& key,
                                    const RestorePlaces& places, const Clock& clock, LogSink& log);

// The name of the directory that a restore builds in, inside of the data directory.
inline constexpr std::string_view kRestoring = ".restoring";
// kConflict ("restore-unfinished") if an interrupted restore lies in `data`: no manager may start there.
Status check_no_unfinished_restore(const std::filesystem::path& data);

// Key and chain of every active credential of one set, each as PEM: key first, then leaf and intermediates.
struct CredentialText {
  std::string key_type;
  SecretBytes pem;
};
Result<std::vector<CredentialText>> extract_credential(const std::filesystem::path& file,
                                                       const RecoveryKey& key, std::string_view set,
                                                       const Clock& clock, LogSink& log);

}  // namespace certstead

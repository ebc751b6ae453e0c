// The list of those who can open backups, in the settings of the store. Each entry is signed by a manager.
#pragma once

#include <mutex>

#include "crypto/certificate.h"
#include "model/backups.h"
#include "model/sealer.h"
#include "model/settings.h"

namespace certstead {

// Safe from several threads. What it is given outlives it.
class RecipientList {
 public:
  RecipientList(Settings& settings, Sealer& sealer, const Clock& clock)
      : settings_(settings), sealer_(sealer), clock_(clock) {}

  // kDenied if an entry was not written by a manager.
  Result<std::vector<BackupRecipient>> list();
  // kConflict if the name is taken; kInvalid unless it is one P-256 certificate; kLimited beyond
  // kMaxBackupRecipients.
  Result<BackupRecipient> add(std::string_view name, std::string_view certificate_pem,
                              std::string_view actor);
  Status remove(std::string_view name, std::string_view actor);
  // The certificates of those named, or of all. kNotFound names the unknown one.
  Result<std::vector<BackupRecipient>> choose(const std::vector<std::string>& names);

 private:
  Status store(const std::vector<BackupRecipient>& all, const AuditNote& note);

  Settings& settings_;
  Sealer& sealer_;
  const Clock& clock_;
  std::mutex changing_;
};

}  // namespace certstead

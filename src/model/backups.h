// Port: backups of the store with the identities, sealed to people who keep their keys off line.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

namespace certstead {

// Whoever can open backups. The private half is nowhere on this host.
struct BackupRecipient {
  std::string name;
  std::string fingerprint;  // SHA-256 of the certificate, hex
  Bytes certificate;        // DER
  Instant added;
};

// A sealed backup that waits to be fetched.
struct SealedBackup {
  std::string id;
  std::int64_t size = 0;
  std::string sha256;  // of the sealed file, hex
  std::int64_t epoch = 0, seq = 0;
  Instant made;
  std::vector<std::string> recipients;
  std::vector<std::string> parts;
};

struct WriteHold {
  std::string id;
  Instant until;  // it ends by itself then
};

class Backups {
 public:
  virtual ~Backups() = default;
  virtual Result<std::vector<BackupRecipient>> recipients() = 0;
  // The root that vouches for what a backup says, PEM. Recipients keep it with their key.
  virtual std::string fleet_root_pem() = 0;
  // kConflict if the name is taken; kInvalid unless it is one P-256 certificate that may agree on keys.
  virtual Result<BackupRecipient> add_recipient(std::string_view name, std::string_view certificate_pem,
                                                std::string_view actor) = 0;
  virtual Status remove_recipient(std::string_view name, std::string_view actor) = 0;

  // Makes a backup for these recipients (none named: all there are) and keeps it until it is discarded or an
  // hour has passed. Blocks for the making. kInvalid ("backup-recipient") without recipients.
  virtual Result<SealedBackup> create(const std::vector<std::string>& recipients, std::string_view actor) = 0;
  // Bytes from `offset` on, at most `most`; fewer at the end only.
  virtual Result<Bytes> read(std::string_view id, std::int64_t offset, std::size_t most) = 0;
  virtual Status discard(std::string_view id) = 0;

  // From the return on nothing in the store changes, for at most `limit`.
  virtual Result<WriteHold> hold_writes(Duration limit, std::string_view actor) = 0;
  // False if it had ended by itself.
  virtual Result<bool> release_writes(std::string_view id, std::string_view actor) = 0;
};

}  // namespace certstead

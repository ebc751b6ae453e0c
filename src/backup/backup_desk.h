// The backups of a running manager.
#pragma once

#include <filesystem>
#include <map>

#include "backup/archive.h"
#include "backup/recipients.h"
#include "base/file.h"
#include "base/log_sink.h"
#include "store/store.h"

namespace certstead {

struct BackupPlaces {
  std::filesystem::path data;      // of the store; copies lie there for as long as they are made
  std::filesystem::path identity;  // every file below it goes into the backup
  std::filesystem::path config;    // goes in if it can be read; may be empty
};

// Safe from several threads. What it is given by reference outlives it. Sealed backups are files without a
// name: what is not fetched is gone with the process.
class BackupDesk final : public Backups {
 public:
  BackupDesk(Store& store, Sealer& sealer, const Certificate& fleet_root, BackupPlaces places,
             std::string version, const Clock& clock, LogSink& log);

  Result<std::vector<BackupRecipient>> recipients() override { return list_.list(); }
  std::string fleet_root_pem() override { return fleet_root_.to_pem(); }
  Result<BackupRecipient> add_recipient(std::string_view name, std::string_view certificate_pem,
                                        std::string_view actor) override {
    return list_.add(name, certificate_pem, actor);
  }
  Status remove_recipient(std::string_view name, std::string_view actor) override {
    return list_.remove(name, actor);
  }
  Result<SealedBackup> create(const std::vector<std::string>& recipients, std::string_view actor) override;
  Result<Bytes> read(std::string_view id, std::int64_t offset, std::size_t most) override;
  Status discard(std::string_view id) override;
  Result<WriteHold> hold_writes(Duration limit, std::string_view actor) override;
  Result<bool> release_writes(std::string_view id, std::string_view actor) override;

 private:
  struct Kept {
    std::shared_ptr<const Fd> file;
    Duration until{};  // of the clock's elapsed()
  };
  Result<SealedBackup> make(const std::vector<BackupRecipient>& recipients, Fd& file);
  Result<BackupManifest> add_parts(ArchiveWriter& archive);
  Status add_identity(ArchiveWriter& archive) const;
  void forget_old();

  Store& store_;
  Sealer& sealer_;
  const Certificate fleet_root_;
  const BackupPlaces places_;
  const std::string version_;
  const Clock& clock_;
  LogSink& log_;
  RecipientList list_;
  std::mutex making_;  // one at a time: each takes the store's size on the disk
  std::mutex mutex_;   // guards what follows
  std::map<std::string, Kept, std::less<>> kept_;
};

}  // namespace certstead

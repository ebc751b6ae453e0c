// A backup opened into a directory aside.
#pragma once

#include <filesystem>

#include "backup/archive.h"
#include "backup/key_file.h"

namespace certstead {

// Where the parts of a backup go; both are made, 0700, and must not exist.
struct StagedBackup {
  std::filesystem::path store;     // gets certstead.db
  std::filesystem::path identity;  // gets what is below identity/
};

struct OpenedBackup {
  BackupManifest manifest;
  SecretBytes config;  // empty if the backup has none
};

// Writes the parts of `file` there, 0600 and synced. On any failure the directories are removed. Errors as
// SealedReader and read_archive; kDenied ("backup-damaged") if store or identity are missing.
Result<OpenedBackup> open_backup(const std::filesystem::path& file, const RecoveryKey& key,
                                 const StagedBackup& staged);

// Removes a directory with all that is in it, at the end of the scope.
class RemovedAtEnd {
 public:
  explicit RemovedAtEnd(std::filesystem::path path) : path_(std::move(path)) {}
  ~RemovedAtEnd();
  RemovedAtEnd(const RemovedAtEnd&) = delete;
  RemovedAtEnd& operator=(const RemovedAtEnd&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A private directory below the one for temporary files.
Result<std::filesystem::path> make_scratch();

}  // namespace certstead

#include "backup/restore.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "backup/offline.h"
#include "store/sqlite_store.h"
#include "vault/fleet_ca.h"

namespace certstead {
namespace {

namespace fs = std::filesystem;

Error io_error(std::string_view what, const fs::path& path) {
  return unavailable("cannot " + std::string(what) + " " + path.string() + ": " + std::strerror(errno),
                     "file-error");
}

Status sync_directory(const fs::path& directory) {
  const Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid() || ::fsync(fd.get()) != 0) return io_error("sync", directory);
  return Done{};
}

bool same_file(const fs::path& a, const fs::path& b) {
  const auto x = read_secret_file(a);
  const auto y = read_secret_file(b);
  return x && y && equal_constant_time(x->reveal(), y->reveal());
}

// What a restore may find: its own leftovers, the lock, and what file systems put there.
bool is_harmless(const fs::path& entry) {
  const std::string name = entry.filename().string();
  return name == kRestoring || name == "lock" || name == "lost+found";
}

// `staged`: what is there already in the same form does not count, as an interrupted restore left it.
Status check_empty(const fs::path& directory, const fs::path& staged) {
  std::error_code failure;
  for (fs::recursive_directory_iterator at(directory, failure), end; !failure && at != end;
       at.increment(failure)) {
    if (is_harmless(at->path())) {
      at.disable_recursion_pending();
      continue;
    }
    if (at->is_directory(failure)) continue;
    if (!staged.empty() && same_file(at->path(), staged / at->path().lexically_relative(directory))) continue;
    return conflict(directory.string() + " is not empty: it holds " + at->path().filename().string() +
                        "; restore into an empty directory, or move what is there away first",
                    "restore-not-empty");
  }
  if (failure)
    return unavailable("cannot read " + directory.string() + ": " + failure.message(), "file-error");
  return Done{};
}

// The files of a service belong to the user of its directory, whoever restores them.
Status give_to_owner_of(const fs::path& directory, const fs::path& tree) {
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0) return io_error("read", directory);
  if (::geteuid() != 0) return Done{};
  const auto give = [&](const fs::path& path) -> Status {
    if (::lchown(path.c_str(), info.st_uid, info.st_gid) != 0) return io_error("change the owner of", path);
    return Done{};
  };
  CHECK_OK(give(tree));
  std::error_code failure;
  for (fs::recursive_directory_iterator at(tree, failure), end; !failure && at != end; at.increment(failure))
    CHECK_OK(give(at->path()));
  return Done{};
}

Status rename_into(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return io_error("write", to);
  return Done{};
}

// Entry by entry: the directory itself may be a mount point.
Status move_entries(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  for (fs::directory_iterator at(from, failure), end; !failure && at != end; at.increment(failure)) {
    const fs::path target = to / at->path().filename();
    std::error_code ignored;
    // Equal to what comes, or it would have been refused.
    if (at->is_directory(ignored)) fs::remove_all(target, ignored);
    CHECK_OK(rename_into(at->path(), target));
  }
  if (failure) return unavailable("cannot read " + from.string() + ": " + failure.message(), "file-error");
  return sync_directory(to);
}

// Beyond what the backup had, and different for every restore: a member that followed one of them takes a
// full sync from the other.
std::int64_t raised(std::int64_t epoch, Instant now) { return std::max(epoch + 1, to_unix_ms(now) / 1000); }

// Checks the store in `staged` and raises its epoch. It is closed, and one file, afterwards.
Result<BackupReport> ready_store(const StagedBackup& staged, const BackupManifest& manifest, bool raise,
                                 const Clock& clock, LogSink& log) {
  BackupReport report;
  {
    TRY(const auto store, open_sqlite_store(staged.store, clock, log));
    TRY(report, inspect_store(*store, staged.identity, clock));
    if (report.manifest.store_id != manifest.store_id || report.epoch != manifest.epoch)
      return denied("the store in the backup is not the one that its manifest names", "backup-damaged");
    if (raise) {
      TRY(const FleetCa ca, FleetCa::load(staged.identity));
      report.epoch = raised(manifest.epoch, clock.now());
      TRY(const Bytes proof, ca.prove_epoch(manifest.store_id, report.epoch));
      CHECK_OK(store->settings().raise_epoch(
          report.epoch, proof,
          {"restore", "store.restore", manifest.store_id,
           "backup of " + to_rfc3339(manifest.made) + ", epoch " + std::to_string(report.epoch)}));
    }
  }
  report.manifest = manifest;
  return report;
}

// The last step: from the rename of the database on, the store is there.
Status put_in_place(const StagedBackup& staged, const RestorePlaces& places) {
  CHECK_OK(give_to_owner_of(places.identity, staged.identity));
  CHECK_OK(move_entries(staged.identity, places.identity));
  CHECK_OK(give_to_owner_of(places.data, staged.store));
  CHECK_OK(give_to_owner_of(places.data, places.data / "lock"));
  CHECK_OK(rename_into(staged.store / "certstead.db", places.data / "certstead.db"));
  return sync_directory(places.data);
}

Status put_config(const fs::path& config, const SecretBytes& content) {
  if (config.empty() || content.empty()) return Done{};
  std::error_code ignored;
  if (fs::exists(config, ignored)) {
    const auto there = read_secret_file(config);
    if (there && equal_constant_time(there->reveal(), content.reveal())) return Done{};
    return conflict(
        config.string() + " is there already and differs; move it away, or restore without --config",
        "restore-not-empty");
  }
  return write_file_atomic(config, content.reveal(), 0644);
}

void clear_away(const fs::path& path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

}  // namespace

Status check_no_unfinished_restore(const fs::path& data) {
  std::error_code ignored;
  // With the database in its place the restore had come to its end.
  if (!fs::exists(data / kRestoring, ignored) || fs::exists(data / "certstead.db", ignored)) return Done{};
  return conflict("a restore into " + data.string() + " was interrupted; run it again, or remove " +
                      (data / kRestoring).string() + " to begin with an empty store",
                  "restore-unfinished");
}

Result<BackupReport> verify_backup(const fs::path& file, const RecoveryKey& key, const Clock& clock,
                                   LogSink& log) {
  TRY(const fs::path directory, make_scratch());
  const RemovedAtEnd scratch(directory);
  const StagedBackup staged{directory / "store", directory / "identity"};
  TRY(const OpenedBackup opened, open_backup(file, key, staged));
  return ready_store(staged, opened.manifest, false, clock, log);
}

Result<std::vector<CredentialText>> extract_credential(const fs::path& file, const RecoveryKey& key,
                                                       std::string_view set, const Clock& clock,
                                                       LogSink& log) {
  TRY(const fs::path directory, make_scratch());
  const RemovedAtEnd scratch(directory);
  const StagedBackup staged{directory / "store", directory / "identity"};
  TRY(const OpenedBackup opened, open_backup(file, key, staged));
  TRY(const auto store, open_sqlite_store(staged.store, clock, log));
  return export_from(*store, staged.identity, set, clock);
}

Result<BackupReport> restore_backup(const fs::path& file, const RecoveryKey& key, const RestorePlaces& places,
                                    const Clock& clock, LogSink& log) {
  CHECK_OK(make_directories(places.data, 0700));
  CHECK_OK(make_directories(places.identity, 0700));
  auto lock = FileLock::acquire(places.data / "lock");
  if (!lock) return lock.error().within("a manager uses " + places.data.string());
  CHECK_OK(check_empty(places.data, {}));
  const StagedBackup staged{places.data / kRestoring, places.identity / kRestoring};
  clear_away(staged.store);
  clear_away(staged.identity);
  const RemovedAtEnd identity_aside(staged.identity);
  const RemovedAtEnd store_aside(staged.store);
  TRY(const OpenedBackup opened, open_backup(file, key, staged));
  CHECK_OK(check_empty(places.identity, staged.identity));
  TRY(BackupReport report, ready_store(staged, opened.manifest, true, clock, log));
  CHECK_OK(put_config(places.config, opened.config));
  CHECK_OK(put_in_place(staged, places));
  return report;
}

}  // namespace certstead

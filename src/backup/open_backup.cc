#include "backup/open_backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "vault/identity_files.h"

namespace certstead {
namespace {

Error cannot_write(const std::filesystem::path& path) {
  return unavailable("cannot write " + path.string() + ": " + std::strerror(errno), "file-error");
}

// Takes the parts piece by piece and writes each into its file.
class Stage {
 public:
  explicit Stage(const StagedBackup& staged) : staged_(staged) {}

  Status take(const BackupPart& part, const SecretBytes& piece) {
    if (part.name == kConfigPart) return take_config(piece);
    if (part.name != name_) CHECK_OK(begin(part.name));
    BytesView bytes = piece.reveal();
    while (!bytes.empty()) {
      const ssize_t n = ::write(file_.get(), bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return cannot_write(path_);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return Done{};
  }
  Status end() {
    if (file_.valid() && ::fsync(file_.get()) != 0) return cannot_write(path_);
    file_ = Fd();
    return Done{};
  }
  SecretBytes take_config() { return std::move(config_); }

 private:
  Status take_config(const SecretBytes& piece) {
    if (!config_.empty()) return denied("the configuration in the backup is too long", "backup-damaged");
    config_ = piece.clone();
    return Done{};
  }
  Result<std::filesystem::path> place_of(const std::string& name) const {
    if (name == kStorePart) return staged_.store / "certstead.db";
    if (name.starts_with(kIdentityPrefix)) return staged_.identity / name.substr(kIdentityPrefix.size());
    return invalid(
        "the backup has a part '" + name + "' that this release does not know; use a later release",
        "backup-format");
  }
  Status begin(const std::string& name) {
    CHECK_OK(end());
    TRY(path_, place_of(name));
    name_ = name;
    CHECK_OK(make_directories(path_.parent_path(), 0700));
    file_ = Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file_.valid()) return cannot_write(path_);
    return Done{};
  }

  const StagedBackup& staged_;
  std::string name_;
  std::filesystem::path path_;
  Fd file_;
  SecretBytes config_;
};

Result<OpenedBackup> open_into(const std::filesystem::path& file, const RecoveryKey& key,
                               const StagedBackup& staged) {
  CHECK_OK(make_directories(staged.store, 0700));
  CHECK_OK(make_directories(staged.identity, 0700));
  TRY(SealedReader in, SealedReader::open(file, key.certificate, key.key));
  Stage stage(staged);
  OpenedBackup out;
  TRY(out.manifest, read_archive(in, key.fleet_root, [&](const BackupPart& part, const SecretBytes& piece) {
        return stage.take(part, piece);
      }));
  CHECK_OK(stage.end());
  out.config = stage.take_config();
  const bool whole = std::filesystem::exists(staged.store / "certstead.db") &&
                     std::filesystem::exists(staged.identity / kFleetRootFile);
  if (!whole)
    return denied("the backup is without its store or its identity; use another one", "backup-damaged");
  return out;
}

}  // namespace

Result<OpenedBackup> open_backup(const std::filesystem::path& file, const RecoveryKey& key,
                                 const StagedBackup& staged) {
  auto opened = open_into(file, key, staged);
  if (opened) return opened;
  std::error_code ignored;
  std::filesystem::remove_all(staged.store, ignored);
  std::filesystem::remove_all(staged.identity, ignored);
  return opened.error().within(file.string());
}

RemovedAtEnd::~RemovedAtEnd() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Result<std::filesystem::path> make_scratch() {
  std::error_code failure;
  std::string name = (std::filesystem::temp_directory_path(failure) / "certstead-backup-XXXXXX").string();
  if (failure || ::mkdtemp(name.data()) == nullptr) return cannot_write(name);
  return std::filesystem::path(name);
}

}  // namespace certstead

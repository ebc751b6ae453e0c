#include "backup/backup_desk.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "backup/read_some.h"
#include "base/encoding.h"
#include "base/id.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr Duration kKeptFor = std::chrono::hours{1};
constexpr std::size_t kMostKept = 4;
constexpr std::size_t kMostIdentityFiles = 500;
constexpr Duration kLongestHold = std::chrono::seconds{120};

Error not_kept() { return not_found("there is no such backup any more; make a new one", "backup-absent"); }

// A file without a name: it goes with its last descriptor, whatever happens.
Result<Fd> nameless_file(const std::filesystem::path& directory) {
  Fd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd.valid()) return fd;
  return unavailable("no file can be made in " + directory.string() + ": " + std::strerror(errno),
                     "file-error");
}

// Removes a file at the end of its scope.
struct Unlinked {
  explicit Unlinked(std::filesystem::path file) : path(std::move(file)) { remove(); }
  ~Unlinked() { remove(); }
  Unlinked(const Unlinked&) = delete;
  Unlinked& operator=(const Unlinked&) = delete;
  void remove() const { ::unlink(path.c_str()); }
  const std::filesystem::path path;
};

}  // namespace

BackupDesk::BackupDesk(Store& store, Sealer& sealer, const Certificate& fleet_root, BackupPlaces places,
                       std::string version, const Clock& clock, LogSink& log)
    : store_(store),
      sealer_(sealer),
      fleet_root_(fleet_root),
      places_(std::move(places)),
      version_(std::move(version)),
      clock_(clock),
      log_(log),
      list_(store.settings(), sealer, clock) {}

Status BackupDesk::add_identity(ArchiveWriter& archive) const {
  std::vector<std::filesystem::path> files;
  std::error_code failure;
  for (std::filesystem::recursive_directory_iterator at(places_.identity, failure), end;
       !failure && at != end; at.increment(failure)) {
    const bool hidden = at->path().filename().string().starts_with('.');
    if (at->is_regular_file(failure) && !hidden) files.push_back(at->path());
  }
  if (failure || files.size() > kMostIdentityFiles) {
    return unavailable("the identity in " + places_.identity.string() +
                           " can't be read: " + (failure ? failure.message() : "there are too many files"),
                       "file-error");
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    TRY(const SecretBytes content, read_secret_file(file));
    const std::string name = file.lexically_relative(places_.identity).generic_string();
    CHECK_OK(archive.add(std::string(kIdentityPrefix) + name, content));
  }
  return Done{};
}

Result<BackupManifest> BackupDesk::add_parts(ArchiveWriter& archive) {
  // A name of its own, so that what an earlier process left when it was killed goes with the next backup.
  const Unlinked copy(places_.data / "backup-copy.db");
  TRY(const StoreIdentity identity, store_.copy_to(copy.path));
  const Fd content(::open(copy.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!content.valid())
    return unavailable("the copy of the store can't be read: " + std::string(std::strerror(errno)),
                       "file-error");
  copy.remove();
  CHECK_OK(archive.add_file(std::string(kStorePart), content.get()));
  CHECK_OK(add_identity(archive));
  const auto config =
      places_.config.empty() ? Result<SecretBytes>(not_found("")) : read_secret_file(places_.config);
  if (config) CHECK_OK(archive.add(std::string(kConfigPart), *config));
  if (!config && config.error().code != Code::kNotFound)
    log_.warning("backup.config", {{"note", "the backup is without it"}, {"reason", config.error().detail}});
  BackupManifest about;
  about.version = version_;
  about.store_id = identity.store_id;
  about.epoch = identity.epoch;
  about.seq = identity.seq;
  about.made = clock_.now();
  return about;
}

Result<SealedBackup> BackupDesk::make(const std::vector<BackupRecipient>& recipients, Fd& file) {
  std::vector<Certificate> certificates;
  SealedBackup out;
  for (const BackupRecipient& one : recipients) {
    TRY(Certificate certificate, Certificate::from_der(one.certificate));
    certificates.push_back(std::move(certificate));
    out.recipients.push_back(one.name);
  }
  TRY(SealedWriter stream, SealedWriter::begin(file.get(), certificates));
  ArchiveWriter archive(std::move(stream));
  TRY(const BackupManifest about, add_parts(archive));
  TRY(const Bytes digest, archive.finish(about, sealer_));
  out.id = make_id();
  out.size = archive.written();
  out.sha256 = hex_encode(digest);
  out.epoch = about.epoch;
  out.seq = about.seq;
  out.made = about.made;
  for (const BackupPart& part : archive.parts()) out.parts.push_back(part.name);
  return out;
}

Result<SealedBackup> BackupDesk::create(const std::vector<std::string>& recipients, std::string_view actor) {
  TRY(const auto chosen, list_.choose(recipients));
  const std::lock_guard hold(making_);
  TRY(Fd file, nameless_file(places_.data));
  TRY(SealedBackup out, make(chosen, file));
  CHECK_OK(store_.audit().add_audit({std::string(actor), "backup.create", out.id,
                                     "for " + join(out.recipients, ", ") + ", SHA-256 " + out.sha256}));
  const std::lock_guard guard(mutex_);
  forget_old();
  if (kept_.size() >= kMostKept)
    return Error{Code::kLimited, "there are backups that wait to be fetched; fetch or discard them first",
                 "backup-kept", std::chrono::seconds{60}};
  kept_[out.id] = {std::make_shared<const Fd>(std::move(file)), clock_.elapsed() + kKeptFor};
  log_.info("backup.made", {{"id", out.id}, {"bytes", out.size}, {"seq", out.seq}});
  return out;
}

void BackupDesk::forget_old() {
  std::erase_if(kept_, [&](const auto& one) { return clock_.elapsed() >= one.second.until; });
}

Result<Bytes> BackupDesk::read(std::string_view id, std::int64_t offset, std::size_t most) {
  std::shared_ptr<const Fd> file;
  {
    const std::lock_guard guard(mutex_);
    forget_old();
    const auto found = kept_.find(id);
    if (found == kept_.end()) return not_kept();
    file = found->second.file;
  }
  return read_some(file->get(), most, offset);
}

Status BackupDesk::discard(std::string_view id) {
  const std::lock_guard guard(mutex_);
  const auto found = kept_.find(id);
  if (found == kept_.end()) return not_kept();
  kept_.erase(found);
  return Done{};
}

Result<WriteHold> BackupDesk::hold_writes(Duration limit, std::string_view actor) {
  if (limit <= Duration::zero() || limit > kLongestHold)
    return invalid("writes can be held for 1 to 120 seconds", "hold-limit");
  // Before the hold: nothing can be written while it lasts.
  CHECK_OK(
      store_.audit().add_audit({std::string(actor), "writes.hold", "", "for at most " + describe(limit)}));
  TRY(const std::int64_t number, store_.hold_writes(limit));
  log_.info("writes.held", {{"milliseconds", limit.count()}});
  return WriteHold{std::to_string(number), clock_.now() + limit};
}

Result<bool> BackupDesk::release_writes(std::string_view id, std::string_view actor) {
  const auto number = parse_number(id);
  if (!number)
    return not_found("there is no hold of writes called \"" + printable(id, 40) + "\"", "hold-absent");
  const bool held = store_.release_writes(static_cast<std::int64_t>(*number));
  CHECK_OK(store_.audit().add_audit(
      {std::string(actor), "writes.release", "", held ? "held to the end" : "it had ended by itself"}));
  log_.info("writes.released", {{"note", held ? "held to the end" : "it had ended by itself"}});
  return held;
}

}  // namespace certstead

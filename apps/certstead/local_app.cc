#include "local_app.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/offline.h"
#include "base/text.h"
#include "password.h"
#include "service.h"
#include "setup_app.h"

namespace certstead {
namespace {

// Keys pass through this process: no core file, and nobody may look into it.
void guard_process() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
  umask(077);
}

Result<RecoveryKey> open_key(const BackupFileOptions& options) {
  TRY(const SecretBytes text, read_secret_file(options.key_file));
  TRY(const SecretBytes password, read_password(options.password_file, printable(options.key_file), false));
  auto key = recovery_key_from_text(text, password);
  if (!key) return key.error().within(options.key_file);
  return key;
}

Result<std::string> make_recipient(const NewRecipient& options) {
  guard_process();
  if (::access(options.key_file.c_str(), F_OK) == 0)
    return conflict(options.key_file + " is there already; a key is never overwritten", "file-exists");
  TRY(const Certificate root, Certificate::from_pem(options.fleet_root));
  TRY(const SecretBytes password, read_password(options.password_file, printable(options.key_file), true));
  TRY(const RecoveryKey key, make_recovery_key(options.name, root, SystemClock().now()));
  TRY(const SecretBytes text, recovery_key_to_text(key, password));
  CHECK_OK(write_file_atomic(options.key_file, text.reveal(), 0600));
  return key.certificate.to_pem();
}

LocalAnswer answer_of(const BackupReport& report) {
  LocalAnswer out;
  out.facts = {{"store", report.manifest.store_id},
               {"epoch", std::to_string(report.epoch)},
               {"sequence", std::to_string(report.manifest.seq)},
               {"sets", std::to_string(report.sets)},
               {"credentials", std::to_string(report.credentials)},
               {"members", std::to_string(report.members)},
               {"audit records", std::to_string(report.audit_records)}};
  return out;
}

LocalAnswer answer_of_backup(const BackupReport& report) {
  LocalAnswer out = answer_of(report);
  out.facts.insert(out.facts.begin(), {"made", to_rfc3339(report.manifest.made)});
  out.facts.emplace_back("made by", "certstead " + report.manifest.version);
  out.heads = {"PART", "BYTES"};
  for (const BackupPart& part : report.manifest.parts)
    out.rows.push_back({part.name, std::to_string(part.size)});
  return out;
}

Result<LocalAnswer> verify_file(const BackupFileOptions& options) {
  guard_process();
  TRY(const RecoveryKey key, open_key(options));
  NullLog log;
  const SystemClock clock;
  TRY(const BackupReport report, verify_backup(options.file, key, clock, log));
  return answer_of_backup(report);
}

Result<LocalAnswer> restore_file(const BackupFileOptions& options) {
  guard_process();
  TRY(const RecoveryKey key, open_key(options));
  NullLog log;
  const SystemClock clock;
  TRY(const BackupReport report,
      restore_backup(options.file, key, {options.data, options.identity, options.config}, clock, log));
  LocalAnswer out = answer_of(report);
  out.facts.emplace_back("next", "start the manager with --data " + options.data + " --identity " +
                                     options.identity + "; its members then take a full sync");
  return out;
}

std::string file_for(const std::string& out, const std::string& key_type, bool only_one) {
  if (only_one) return out;
  const std::filesystem::path path(out);
  return (path.parent_path() / (path.stem().string() + "." + key_type + path.extension().string())).string();
}

Result<LocalAnswer> write_credentials(const std::vector<CredentialText>& found, const std::string& out) {
  LocalAnswer answer;
  answer.heads = {"KEY", "FILE"};
  for (const CredentialText& one : found) {
    const std::string file = file_for(out, one.key_type, found.size() == 1);
    if (::access(file.c_str(), F_OK) == 0)
      return conflict(file + " is there already; name another file", "file-exists");
    CHECK_OK(write_file_atomic(file, one.pem.reveal(), 0600));
    answer.rows.push_back({one.key_type, file});
  }
  return answer;
}

Result<LocalAnswer> extract_from_file(const BackupFileOptions& options) {
  guard_process();
  TRY(const RecoveryKey key, open_key(options));
  NullLog log;
  const SystemClock clock;
  TRY(const auto found, extract_credential(options.file, key, options.only, clock, log));
  TRY(LocalAnswer out, write_credentials(found, options.out));
  out.facts.emplace_back("next", "certstead import FILE, for each file; then delete it");
  return out;
}

// The rights of the user whom the store belongs to, for root: its key files are judged by their owner, and
// what is written beside them must stay readable for the manager.
class AsOwnerOf {
 public:
  explicit AsOwnerOf(const std::string& directory) {
    struct stat info {};
    if (::geteuid() != 0 || ::stat(directory.c_str(), &info) != 0) return;
    changed_ = ::setegid(info.st_gid) == 0 && ::seteuid(info.st_uid) == 0;
  }
  ~AsOwnerOf() {
    if (!changed_) return;
    // Back to what the process was started with; nothing sane could follow a failure.
    if (::seteuid(0) != 0 || ::setegid(::getgid()) != 0) std::abort();
  }
  AsOwnerOf(const AsOwnerOf&) = delete;
  AsOwnerOf& operator=(const AsOwnerOf&) = delete;

 private:
  bool changed_ = false;
};

std::string actor() { return "uid:" + std::to_string(::getuid()); }

Result<LocalAnswer> offline_list(const OfflineOptions& options) {
  const AsOwnerOf owner(options.data);
  NullLog log;
  const SystemClock clock;
  TRY(const auto store, OfflineStore::open(options.data, clock, log));
  TRY(const auto sets, store->list());
  LocalAnswer out;
  out.heads = {"SET", "STATUS", "KEY", "SERIAL", "EXPIRES"};
  for (const OfflineSet& set : sets) {
    if (set.credentials.empty()) out.rows.push_back({set.name, set.status, "", "", ""});
    for (const auto& one : set.credentials)
      out.rows.push_back({set.name, set.status, one.key_type, one.serial, to_rfc3339(one.not_after)});
  }
  return out;
}

Result<LocalAnswer> offline_verify(const OfflineOptions& options) {
  guard_process();
  const AsOwnerOf owner(options.data);
  NullLog log;
  const SystemClock clock;
  TRY(const auto store, OfflineStore::open(options.data, clock, log));
  TRY(const BackupReport report, store->verify(options.identity));
  return answer_of(report);
}

Result<LocalAnswer> offline_export(const OfflineOptions& options) {
  guard_process();
  NullLog log;
  const SystemClock clock;
  std::vector<CredentialText> found;
  {
    const AsOwnerOf owner(options.data);
    TRY(const auto store, OfflineStore::open(options.data, clock, log));
    TRY(found, store->export_set(options.identity, options.set));
    // Before the key is out: what can't be noted is not exported.
    CHECK_OK(note_offline_export(options.data, actor(), options.set, clock.now()));
  }
  TRY(LocalAnswer out, write_credentials(found, options.out));
  out.facts.emplace_back("noted", "the audit log shows this export when the manager starts again");
  return out;
}

}  // namespace

LocalVerbs local_verbs() {
  LocalVerbs out;
  out.make_recipient = make_recipient;
  out.verify_backup = verify_file;
  out.restore_backup = restore_file;
  out.extract_credential = extract_from_file;
  out.offline_list = offline_list;
  out.offline_verify = offline_verify;
  out.offline_export = offline_export;
  out.setup = set_up;
  return out;
}

}  // namespace certstead

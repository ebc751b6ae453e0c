#include "backup/offline.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "crypto/certificate.h"
#include "store/sqlite_store.h"

namespace certstead {
namespace {

constexpr std::string_view kExportsFile = "offline-exports";
constexpr std::size_t kPage = 500;

Result<std::unique_ptr<Vault>> open_vault(Store& store, const std::filesystem::path& identity,
                                          const Clock& clock) {
  TRY(const StoreIdentity about, store.settings().identity());
  TRY(Identity manager, load_identity(identity / "manager"));
  auto vault = std::make_unique<Vault>(
      std::move(manager), about.store_id, [&store] { return store.settings().store_keys(); }, clock);
  CHECK_OK(vault->reload_store_keys());
  return vault;
}

// Opens the key of `version`; it must be the leaf's.
Result<PrivateKey> open_key(const CredentialVersion& version, Vault& vault) {
  TRY(const SecretBytes secret, vault.open(version.key, version.grants));
  TRY(PrivateKey key, PrivateKey::from_der(secret.reveal()));
  if (version.chain.empty()) return invalid("it has no certificate", "store-damaged");
  TRY(const Certificate leaf, Certificate::from_der(version.chain.front()));
  if (!leaf.matches(key)) return denied("its key is not that of its certificate", "store-damaged");
  return key;
}

template <class F>
Status for_each_set(Store& store, F&& each) {
  for (std::string after;;) {
    TRY(const auto sets, store.credentials().list_sets(after, kPage));
    if (sets.empty()) return Done{};
    for (const CredentialSet& set : sets) CHECK_OK(each(set));
    after = sets.back().name;
  }
}

Result<SecretBytes> to_pem(const PrivateKey& key, const std::vector<Bytes>& chain) {
  const SecretBytes secret = key.to_pkcs8_pem();
  std::string rest;
  for (const Bytes& der : chain) {
    TRY(const Certificate certificate, Certificate::from_der(der));
    rest += certificate.to_pem();
  }
  Bytes out;
  out.reserve(secret.size() + rest.size());
  out.insert(out.end(), secret.reveal().begin(), secret.reveal().end());
  out.insert(out.end(), rest.begin(), rest.end());
  return SecretBytes(std::move(out));
}

}  // namespace

Result<BackupReport> inspect_store(Store& store, const std::filesystem::path& identity, const Clock& clock) {
  CHECK_OK(store.check_integrity());
  BackupReport report;
  TRY(report.audit_records, store.audit().verify_audit());
  TRY(const auto vault, open_vault(store, identity, clock));
  CHECK_OK(for_each_set(store, [&](const CredentialSet& set) -> Status {
    ++report.sets;
    TRY(const auto active, store.versions().active_versions(set.id));
    for (const CredentialVersion& version : active) {
      const auto key = open_key(version, *vault);
      if (!key) return key.error().within("the key of " + printable(set.name));
      ++report.credentials;
    }
    return Done{};
  }));
  TRY(const auto members, store.members().list_members());
  report.members = static_cast<std::int64_t>(members.size());
  TRY(const StoreIdentity about, store.settings().identity());
  report.epoch = about.epoch;
  report.manifest.store_id = about.store_id;
  report.manifest.seq = about.seq;
  return report;
}

Result<std::vector<CredentialText>> export_from(Store& store, const std::filesystem::path& identity,
                                                std::string_view set_name, const Clock& clock) {
  TRY(const CredentialSet set, store.credentials().find_set_by_name(set_name));
  TRY(const auto active, store.versions().active_versions(set.id));
  if (active.empty())
    return invalid("the set " + printable(set_name) + " has no certificate that is in use", "nothing-active");
  TRY(const auto vault, open_vault(store, identity, clock));
  std::vector<CredentialText> out;
  for (const CredentialVersion& version : active) {
    TRY(const PrivateKey key, open_key(version, *vault));
    CredentialText text;
    text.key_type = key_type_name(version.key_type);
    TRY(text.pem, to_pem(key, version.chain));
    out.push_back(std::move(text));
  }
  return out;
}

Result<std::unique_ptr<OfflineStore>> OfflineStore::open(const std::filesystem::path& data,
                                                         const Clock& clock, LogSink& log) {
  TRY(auto store, open_sqlite_store_read_only(data, clock, log));
  return std::unique_ptr<OfflineStore>(new OfflineStore(std::move(store), clock));
}

Result<std::vector<OfflineSet>> OfflineStore::list() {
  std::vector<OfflineSet> out;
  CHECK_OK(for_each_set(*store_, [&](const CredentialSet& set) -> Status {
    OfflineSet& one = out.emplace_back();
    one.name = set.name;
    one.status = set_status_name(set.status);
    for (const HostPattern& name : set.names) one.names.push_back(name.ascii());
    TRY(const auto active, store_->versions().active_versions(set.id));
    for (const CredentialVersion& version : active) {
      one.credentials.push_back(
          {std::string(key_type_name(version.key_type)), version.facts.serial, version.facts.not_after});
    }
    return Done{};
  }));
  return out;
}

Result<BackupReport> OfflineStore::verify(const std::filesystem::path& identity) {
  return inspect_store(*store_, identity, clock_);
}

Result<std::vector<CredentialText>> OfflineStore::export_set(const std::filesystem::path& identity,
                                                             std::string_view set) {
  return export_from(*store_, identity, set, clock_);
}

Status note_offline_export(const std::filesystem::path& data, std::string_view actor, std::string_view set,
                           Instant now) {
  const std::filesystem::path file = data / kExportsFile;
  const Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
  const std::string line = to_rfc3339(now) + " " + std::string(actor) + " " + std::string(set) + "\n";
  const bool written = fd.valid() &&
                       ::write(fd.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       ::fsync(fd.get()) == 0;
  if (written) return Done{};
  return unavailable("the export can't be noted in " + file.string() + ": " + std::strerror(errno) +
                         "; nothing was exported",
                     "file-error");
}

Status audit_offline_exports(const std::filesystem::path& data, Audit& audit, LogSink& log) {
  const std::filesystem::path file = data / kExportsFile;
  const auto text = read_text_file(file);
  if (!text) return text.error().code == Code::kNotFound ? Status(Done{}) : Status(text.error());
  for (const std::string_view line : split(*text, '\n')) {
    const auto words = split(line, ' ');
    if (words.size() != 3) continue;
    CHECK_OK(audit.add_audit({printable(words[1]), "offline.export", printable(words[2]),
                              "at " + printable(words[0]) + ", while the manager was down"}));
    log.warning("offline.export", {{"set", printable(words[2])}, {"who", printable(words[1])}});
  }
  // A manager that dies before this writes the same notes once more: rather twice than never.
  if (::unlink(file.c_str()) != 0)
    return unavailable("cannot remove " + file.string() + ": " + std::strerror(errno), "file-error");
  return Done{};
}

}  // namespace certstead

#include "backup/backup_desk.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "backup/offline.h"
#include "base/encoding.h"
#include "base/fake_clock.h"
#include "base/temp_dir.h"
#include "base/text.h"
#include "crypto/issue.h"
#include "store/sqlite_store.h"
#include "vault/test_fleet.h"

namespace certstead {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr std::string_view kSetName = "planted-name.example.test";

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

// A manager's store, identity and desk in a temporary directory, with one credential in it.
class Backup : public testing::Test {
 protected:
  Backup() {
    store_ = must(open_sqlite_store(data(), clock_, log_));
    store_id_ = must(store_->settings().identity()).store_id;
    must(ca_.save(identity()));
    must(save_identity(manager_, identity() / "manager"));
    must(store_->settings().put_store_key(
        must(make_store_key(ca_, store_id_, 1, {recipient_of(manager_)}, clock_.now())),
        {"t", "t", "t", ""}));
    must(write_file_atomic(config(), view_bytes("# planted-config\n"), 0644));
    start();
    add_credential();
    key_.emplace(must(make_recovery_key("safe", ca_.root(), clock_.now())));
    must(desk_->add_recipient("safe", key_->certificate.to_pem(), "uid:0"));
  }

  void start() {
    vault_ = std::make_unique<Vault>(
        manager_, store_id_, [this] { return store_->settings().store_keys(); }, clock_);
    desk_ = std::make_unique<BackupDesk>(*store_, *vault_, ca_.root(),
                                         BackupPlaces{data(), identity(), config()}, "1.2.3", clock_, log_);
  }
  void stop() {
    desk_.reset();
    vault_.reset();
    store_.reset();
  }

  void add_credential() {
    const Certificate leaf = must(issue_certificate({.common_name = "",
                                                     .dns_names = {std::string(kSetName)},
                                                     .public_key = served_.public_key(),
                                                     .not_before = clock_.now(),
                                                     .not_after = clock_.now() + std::chrono::days{90}},
                                                    served_, std::nullopt));
    CredentialSet set;
    set.id = "set-1";
    set.name = kSetName;
    set.names = {must(HostPattern::parse(kSetName))};
    set.key_types = {KeyType::kP256};
    set.created = clock_.now();
    must(store_->credentials().create_set(set, {"t", "set.request", set.name, ""}));
    set = must(store_->credentials().find_set("set-1"));
    CredentialVersion version;
    version.id = "version-1";
    version.set_id = set.id;
    version.chain = {leaf.der()};
    version.facts.serial = leaf.serial();
    version.facts.not_after = leaf.not_after();
    Sealed sealed = must(vault_->seal({"credential", "set-1/p256", "key", 1}, served_.to_der(), {}));
    version.key = std::move(sealed.secret);
    version.grants = std::move(sealed.grants);
    version.signer = "boss";
    version.signature = {1};
    set.status = SetStatus::kIssued;
    must(store_->versions().activate(set, {version}, "", 0, {"t", "version.activate", set.name, ""}));
  }

  // Makes a backup and fetches it as the command line does, in small pieces.
  fs::path make_backup(const std::string& name = "backup") {
    const SealedBackup made = must(desk_->create({}, "uid:0"));
    Bytes all;
    while (static_cast<std::int64_t>(all.size()) < made.size) {
      const Bytes piece = must(desk_->read(made.id, static_cast<std::int64_t>(all.size()), 50'000));
      all.insert(all.end(), piece.begin(), piece.end());
    }
    must(desk_->discard(made.id));
    EXPECT_EQ(sha256_of(all), made.sha256);
    must(write_file_atomic(dir_.path() / name, all));
    return dir_.path() / name;
  }
  static std::string sha256_of(const Bytes& bytes) {
    Sha256Hasher hasher;
    hasher.add(bytes);
    return hex_encode(hasher.finish());
  }
  Result<BackupReport> restore(const fs::path& file, const std::string& to = "new") {
    return restore_backup(file, *key_, {dir_.path() / to / "data", dir_.path() / to / "identity", {}}, clock_,
                          log_);
  }
  std::vector<std::string> entries(const fs::path& directory) const {
    std::vector<std::string> out;
    std::error_code ignored;
    for (fs::recursive_directory_iterator at(directory, ignored), end; at != end; ++at) {
      if (!at->is_directory() && at->path().filename() != "lock")
        out.push_back(at->path().lexically_relative(directory));
    }
    return out;
  }
  static void run_sql(const fs::path& file, const char* sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }

  fs::path data() const { return dir_.path() / "data"; }
  fs::path identity() const { return dir_.path() / "identity"; }
  fs::path config() const { return dir_.path() / "certstead.toml"; }

  TempDir dir_;
  FakeClock clock_;
  NullLog log_;
  FleetCa ca_ = FleetCa::make(clock_.now()).value();
  Identity manager_ = make_identity(ca_, {Role::kManager, "boss"}, clock_.now()).value();
  PrivateKey served_ = PrivateKey::generate(KeyType::kP256).value();
  std::unique_ptr<Store> store_;
  std::string store_id_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<BackupDesk> desk_;
  std::optional<RecoveryKey> key_;
};

TEST_F(Backup, HoldsNothingInTheClear) {
  const std::string sealed = read_text_file(make_backup()).value();
  const std::string identity_key = to_text(manager_.sealing.key.to_der().reveal());
  for (const std::string& planted :
       {std::string(kSetName), std::string("planted-config"), std::string("SQLite format"),
        std::string("PRIVATE KEY"), std::string("certstead.db"), store_id_, std::string("safe"),
        to_text(served_.to_der().reveal()), identity_key, to_text(BytesView(manager_.root.der()).last(60))}) {
    EXPECT_EQ(sealed.find(planted), std::string::npos) << printable(planted);
  }
}

TEST_F(Backup, LeavesNothingBesideTheStore) {
  make_backup();
  for (const std::string& name : entries(data())) EXPECT_THAT(name, testing::StartsWith("certstead.db"));
}

TEST_F(Backup, IsVerifiedPartByPart) {
  const auto report = verify_backup(make_backup(), *key_, clock_, log_);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->sets, 1);
  EXPECT_EQ(report->credentials, 1);
  EXPECT_EQ(report->manifest.store_id, store_id_);
  EXPECT_EQ(report->manifest.version, "1.2.3");
  std::vector<std::string> names;
  for (const BackupPart& part : report->manifest.parts) names.push_back(part.name);
  EXPECT_THAT(names,
              testing::ElementsAre("store/certstead.db", "identity/fleet-ca.key", "identity/fleet-ca.pem",
                                   "identity/manager/fleet-ca.pem", "identity/manager/sealing.key",
                                   "identity/manager/sealing.pem", "identity/manager/signing.key",
                                   "identity/manager/signing.pem", "config/certstead.toml"));
}

TEST_F(Backup, IsRestoredWithARaisedEpochThatTheFleetRootProves) {
  const fs::path file = make_backup();
  const auto report = restore(file);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_GT(report->epoch, 1);
  const auto restored = must(open_sqlite_store(dir_.path() / "new" / "data", clock_, log_));
  EXPECT_EQ(must(restored->settings().identity()).epoch, report->epoch);
  const auto keys = must(export_from(*restored, dir_.path() / "new" / "identity", kSetName, clock_));
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_THAT(to_text(keys[0].pem.reveal()), HasSubstr(to_text(served_.to_pkcs8_pem().reveal())));
  struct stat info {};
  ASSERT_EQ(::stat((dir_.path() / "new/identity/fleet-ca.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(Backup, RestoredTwiceGetsTwoEpochs) {
  const fs::path file = make_backup();
  const std::int64_t first = must(restore(file, "one")).epoch;
  clock_.advance(std::chrono::seconds{5});
  EXPECT_GT(must(restore(file, "two")).epoch, first);
}

TEST_F(Backup, IsNeverRestoredOverSomething) {
  const fs::path file = make_backup();
  must(make_directories(dir_.path() / "new" / "identity"));
  must(write_file_atomic(dir_.path() / "new" / "identity" / "mine", view_bytes("x")));
  EXPECT_EQ(refusal_id(restore(file)), "restore-not-empty");
  EXPECT_THAT(entries(dir_.path() / "new" / "data"), testing::IsEmpty());
  EXPECT_THAT(entries(dir_.path() / "new" / "identity"), testing::ElementsAre("mine"));
  // Nor into the directory of a manager that runs.
  EXPECT_FALSE(restore_backup(file, *key_, {data(), identity(), {}}, clock_, log_));
}

TEST_F(Backup, CutOffOrChangedRestoresNothing) {
  const Bytes whole = read_file(make_backup()).value();
  for (std::size_t i = 1; i < 12; ++i) {
    Bytes damaged = whole;
    if (i % 2 == 0) {
      damaged.resize(whole.size() * i / 12);
    } else {
      damaged[whole.size() * i / 12] ^= 0x10;
    }
    must(write_file_atomic(dir_.path() / "damaged", damaged));
    EXPECT_FALSE(verify_backup(dir_.path() / "damaged", *key_, clock_, log_)) << i;
    EXPECT_FALSE(restore(dir_.path() / "damaged")) << i;
    EXPECT_THAT(entries(dir_.path() / "new"), testing::IsEmpty()) << i;
  }
}

TEST_F(Backup, WithoutOneOfItsPartsIsRefused) {
  const Fd fd(::open((dir_.path() / "partial").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ArchiveWriter archive(must(SealedWriter::begin(fd.get(), {key_->certificate})));
  must(archive.add("identity/fleet-ca.pem", SecretBytes(view_bytes(ca_.root().to_pem()))));
  must(archive.finish({"1.2.3", store_id_, 1, 1, clock_.now(), {}}, *vault_));
  EXPECT_EQ(refusal_id(restore(dir_.path() / "partial")), "backup-damaged");
}

TEST_F(Backup, OfAnotherFleetIsRefused) {
  const fs::path file = make_backup();
  RecoveryKey other = *key_;
  other.fleet_root = FleetCa::make(clock_.now())->root();
  EXPECT_FALSE(verify_backup(file, other, clock_, log_));
  EXPECT_FALSE(restore_backup(file, other, {dir_.path() / "d", dir_.path() / "i", {}}, clock_, log_));
  EXPECT_THAT(entries(dir_.path() / "i"), testing::IsEmpty());
}

TEST_F(Backup, OfALaterReleaseIsRefusedInOneSentence) {
  stop();
  run_sql(data() / "certstead.db", "INSERT INTO migrations VALUES (9999, 'later', 'x', 1)");
  const auto old_binary = open_sqlite_store(data(), clock_, log_);
  EXPECT_EQ(refusal_id(old_binary), "store-newer");
  EXPECT_THAT(old_binary.error().detail, HasSubstr("later release"));
  EXPECT_EQ(refusal_id(OfflineStore::open(data(), clock_, log_)), "store-newer");
}

TEST_F(Backup, GoesOnAfterAnInterruptedRestore) {
  const fs::path file = make_backup();
  const fs::path to = dir_.path() / "new" / "data";
  must(make_directories(to / kRestoring));
  must(write_file_atomic(to / kRestoring / "certstead.db", view_bytes("half")));
  EXPECT_EQ(refusal_id(check_no_unfinished_restore(to)), "restore-unfinished");
  const auto report = restore(file);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_TRUE(check_no_unfinished_restore(to));
  EXPECT_THAT(entries(to), testing::ElementsAre("certstead.db"));
}

TEST_F(Backup, GivesBackOneCredential) {
  const auto found = extract_credential(make_backup(), *key_, kSetName, clock_, log_);
  ASSERT_TRUE(found) << found.error().detail;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ((*found)[0].key_type, "p256");
  EXPECT_EQ(extract_credential(make_backup(), *key_, "absent.example.test", clock_, log_).error().code,
            Code::kNotFound);
}

TEST_F(Backup, NeedsARecipientAndKnowsEachByName) {
  EXPECT_EQ(refusal_id(desk_->create({"nobody"}, "uid:0")), "backup-recipient");
  EXPECT_EQ(refusal_id(desk_->add_recipient("safe", key_->certificate.to_pem(), "uid:0")),
            "backup-recipient");
  must(desk_->remove_recipient("safe", "uid:0"));
  EXPECT_EQ(refusal_id(desk_->create({}, "uid:0")), "backup-recipient");
}

TEST_F(Backup, RefusesARecipientThatSomebodyWroteIntoTheDatabase) {
  const std::string value = must(store_->settings().setting("backup-recipients")).value();
  const RecoveryKey eve = must(make_recovery_key("safe", ca_.root(), clock_.now()));
  Bytes changed = base64_decode(value).value();
  const Bytes& mine = key_->certificate.der();
  const auto at = std::search(changed.begin(), changed.end(), mine.end() - 20, mine.end());
  ASSERT_NE(at, changed.end());
  std::copy(eve.certificate.der().end() - 20, eve.certificate.der().end(), at);
  must(store_->settings().set_setting("backup-recipients", base64_encode(changed), {"eve", "x", "x", ""}));
  EXPECT_EQ(desk_->create({}, "uid:0").error().code, Code::kDenied);
}

TEST_F(Backup, IsForgottenAfterAnHour) {
  const SealedBackup made = must(desk_->create({}, "uid:0"));
  clock_.advance(std::chrono::hours{1});
  EXPECT_EQ(refusal_id(desk_->read(made.id, 0, 10)), "backup-absent");
}

TEST_F(Backup, HoldsWritesUntilTheyAreReleased) {
  const WriteHold hold = must(desk_->hold_writes(std::chrono::seconds{100}, "uid:0"));
  EXPECT_EQ(refusal_id(store_->hold_writes(milliseconds{5})), "writes-held");
  std::atomic<bool> written = false;
  std::thread writer([&] {
    must(store_->audit().add_audit({"t", "late", "", ""}));
    written = true;
  });
  std::this_thread::sleep_for(milliseconds{100});
  EXPECT_FALSE(written);
  EXPECT_EQ(fs::file_size(data() / "certstead.db-wal"), 0U);
  EXPECT_TRUE(must(desk_->release_writes(hold.id, "uid:0")));
  writer.join();
  EXPECT_TRUE(written);
}

TEST_F(Backup, HoldOfWritesEndsByItselfAndSaysSo) {
  const WriteHold hold = must(desk_->hold_writes(milliseconds{50}, "uid:0"));
  must(store_->audit().add_audit({"t", "late", "", ""}));  // comes back when the hold has ended
  EXPECT_FALSE(must(desk_->release_writes(hold.id, "uid:0")));
  EXPECT_EQ(refusal_id(desk_->hold_writes(std::chrono::minutes{3}, "uid:0")), "hold-limit");
}

TEST_F(Backup, OfflineListsVerifiesAndExportsWhileTheManagerIsDown) {
  EXPECT_EQ(refusal_id(OfflineStore::open(data(), clock_, log_)), "store-in-use");
  stop();
  const auto offline = must(OfflineStore::open(data(), clock_, log_));
  const auto sets = must(offline->list());
  ASSERT_EQ(sets.size(), 1U);
  EXPECT_EQ(sets[0].name, kSetName);
  EXPECT_EQ(must(offline->verify(identity())).credentials, 1);
  const auto found = must(offline->export_set(identity(), kSetName));
  EXPECT_THAT(to_text(found.at(0).pem.reveal()), HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_EQ(refusal_id(OfflineStore::open(dir_.path() / "nowhere", clock_, log_)), "store-absent");
}

TEST_F(Backup, OfflineExportsReachTheAuditLogAtTheNextStart) {
  stop();
  must(note_offline_export(data(), "uid:0", kSetName, clock_.now()));
  store_ = must(open_sqlite_store(data(), clock_, log_));
  must(audit_offline_exports(data(), store_->audit(), log_));
  must(audit_offline_exports(data(), store_->audit(), log_));
  int found = 0;
  for (const AuditRecord& record : must(store_->audit().audit_after(0, 100))) {
    if (record.note.action == "offline.export" && record.note.object == kSetName) ++found;
  }
  EXPECT_EQ(found, 1);
}

}  // namespace
}  // namespace certstead

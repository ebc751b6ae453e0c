#include "store/sqlite_store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "base/text.h"
#include "store/sqlite/faces.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/set_rows.h"

namespace certstead {
namespace {

using sqlite::Database;

// What holds everything up; members are destroyed from the last to the first.
struct Foundation {
  Foundation(FileLock held, std::unique_ptr<Database> database, const std::filesystem::path& file,
             const Clock& clock, LogSink& log)
      : lock(std::move(held)), db(std::move(database)), readers(file), writer(*db, clock, log, feed) {}

  FileLock lock;
  std::unique_ptr<Database> db;  // the writer's; closed after the readers, so that it tidies up the log file
  sqlite::FeedSignal feed;
  sqlite::Readers readers;
  sqlite::Writer writer;
};

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(std::unique_ptr<Foundation> foundation)
      : foundation_(std::move(foundation)),
        core_{foundation_->writer, foundation_->readers, foundation_->feed},
        sets_(sqlite::make_credential_sets(core_)),
        versions_(sqlite::make_credential_versions(core_)),
        bulk_(sqlite::make_bulk_activation(core_)),
        orders_(sqlite::make_orders(core_)),
        jobs_(sqlite::make_jobs(core_)),
        accounts_(sqlite::make_accounts(core_)),
        issuers_(sqlite::make_issuers(core_)),
        roots_(sqlite::make_trusted_roots(core_)),
        challenges_(sqlite::make_challenges(core_)),
        members_(sqlite::make_members(core_)),
        settings_(sqlite::make_settings(core_)),
        audit_(sqlite::make_audit(core_)),
        feed_(sqlite::make_feed_log(core_)),
        checks_(sqlite::make_version_checks(core_)),
        watches_(sqlite::make_url_watches(core_)),
        notifications_(sqlite::make_notifications(core_)),
        beats_(sqlite::make_beats(core_)),
        exports_(sqlite::make_export_identities(core_)),
        cas_(sqlite::make_ca_records(core_)),
        deployments_(sqlite::make_deployments(core_)),
        pages_(sqlite::make_set_pages(core_)),
        tickets_(sqlite::make_tickets(core_)),
        dns_accounts_(sqlite::make_dns_accounts(core_)),
        dns_journal_(sqlite::make_dns_journal(core_)) {}

  CredentialSets& credentials() override { return *sets_; }
  CredentialVersions& versions() override { return *versions_; }
  BulkActivation& bulk() override { return *bulk_; }
  Orders& orders() override { return *orders_; }
  Jobs& jobs() override { return *jobs_; }
  Accounts& accounts() override { return *accounts_; }
  Issuers& issuers() override { return *issuers_; }
  TrustedRoots& roots() override { return *roots_; }
  Challenges& challenges() override { return *challenges_; }
  Members& members() override { return *members_; }
  Settings& settings() override { return *settings_; }
  Audit& audit() override { return *audit_; }
  FeedLog& feed() override { return *feed_; }
  Result<StoreIdentity> copy_to(const std::filesystem::path& file) override;
  Status check_integrity() override;
  Result<std::int64_t> hold_writes(Duration limit) override { return foundation_->writer.hold(limit); }
  bool release_writes(std::int64_t hold) override { return foundation_->writer.release(hold); }
  VersionChecks& checks() override { return *checks_; }
  UrlWatches& watches() override { return *watches_; }
  Notifications& notifications() override { return *notifications_; }
  Beats& beats() override { return *beats_; }
  ExportIdentities& exports() override { return *exports_; }
  CaRecords& cas() override { return *cas_; }
  Deployments& deployments() override { return *deployments_; }
  SetPages& pages() override { return *pages_; }
  Tickets& tickets() override { return *tickets_; }
  DnsAccounts& dns_accounts() override { return *dns_accounts_; }
  DnsJournal& dns_journal() override { return *dns_journal_; }

 private:
  std::unique_ptr<Foundation> foundation_;
  const sqlite::Core core_;
  const std::unique_ptr<CredentialSets> sets_;
  const std::unique_ptr<CredentialVersions> versions_;
  const std::unique_ptr<BulkActivation> bulk_;
  const std::unique_ptr<Orders> orders_;
  const std::unique_ptr<Jobs> jobs_;
  const std::unique_ptr<Accounts> accounts_;
  const std::unique_ptr<Issuers> issuers_;
  const std::unique_ptr<TrustedRoots> roots_;
  const std::unique_ptr<Challenges> challenges_;
  const std::unique_ptr<Members> members_;
  const std::unique_ptr<Settings> settings_;
  const std::unique_ptr<Audit> audit_;
  const std::unique_ptr<FeedLog> feed_;
  const std::unique_ptr<VersionChecks> checks_;
  const std::unique_ptr<UrlWatches> watches_;
  const std::unique_ptr<Notifications> notifications_;
  const std::unique_ptr<Beats> beats_;
  const std::unique_ptr<ExportIdentities> exports_;
  const std::unique_ptr<CaRecords> cas_;
  const std::unique_ptr<Deployments> deployments_;
  const std::unique_ptr<SetPages> pages_;
  const std::unique_ptr<Tickets> tickets_;
  const std::unique_ptr<DnsAccounts> dns_accounts_;
  const std::unique_ptr<DnsJournal> dns_journal_;
};

// SQLite takes an empty file for an absent one, and this one is private from the start.
Status make_private(const std::filesystem::path& file) {
  const Fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (fd.valid()) return Done{};
  return unavailable("cannot write " + file.string() + ": " + std::string(std::strerror(errno)),
                     "file-denied");
}

Result<StoreIdentity> SqliteStore::copy_to(const std::filesystem::path& file) {
  CHECK_OK(make_private(file));
  // The connection's one transaction is the moment that the copy shows; in WAL mode nobody waits for it.
  CHECK_OK(core_.readers.read([&](Database& db) -> Status {
    TRY(const std::int64_t changed, db.run("VACUUM INTO ?", std::string_view(file.native())));
    static_cast<void>(changed);
    return Done{};
  }));
  TRY(const auto copy, Database::open(file, Database::Mode::kReadOnly));
  return sqlite::read_identity(*copy);
}

Status SqliteStore::check_integrity() {
  return core_.readers.read([](Database& db) -> Status {
    TRY(sqlite::Query query, db.query("PRAGMA integrity_check(1)"));
    TRY(const bool found, query.next());
    const std::string said = found ? query.row().text() : "nothing";
    if (said == "ok") return Done{};
    return unavailable("the store is damaged (" + printable(said) + "); restore it from a backup",
                       "store-damaged");
  });
}

Result<FileLock> lock_directory(const std::filesystem::path& directory) {
  auto lock = FileLock::acquire(directory / "lock");
  if (lock) return lock;
  if (lock.error().code != Code::kConflict) return lock.error().within("the store can't be opened");
  return conflict("the store in " + directory.string() +
                      " is in use by another manager; stop that one, or choose another data directory",
                  "store-in-use");
}

// SQLite would make the file with the process's umask; this way it is private from its first moment on, and
// the files beside it take its mode.
Status make_file(const std::filesystem::path& file) {
  const Fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (fd.valid() && ::fchmod(fd.get(), 0600) == 0) return Done{};
  return unavailable("the store can't be opened: cannot write " + file.string() + ": " +
                         std::string(std::strerror(errno)) + "; check its owner and mode",
                     "file-denied");
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& directory, const Clock& clock,
                                                 LogSink& log) {
  CHECK_OK(make_directories(directory, 0700));
  TRY(FileLock lock, lock_directory(directory));
  // SQLite is told to follow no symbolic link; the directory itself may be reached by one.
  std::error_code failure;
  const std::filesystem::path file = std::filesystem::canonical(directory, failure) / "certstead.db";
  if (failure)
    return unavailable("cannot find " + directory.string() + ": " + failure.message(), "file-error");
  CHECK_OK(make_file(file));
  TRY(auto db, Database::open(file, Database::Mode::kReadWrite));
  TRY(const std::size_t steps, sqlite::migrate(*db, sqlite::schema(), clock.now()));
  TRY(const std::int64_t seq, sqlite::ensure_head(*db));
  if (steps > 0) log.info("store.migrated", {{"steps", steps}, {"file", file.string()}});
  auto foundation = std::make_unique<Foundation>(std::move(lock), std::move(db), file, clock, log);
  foundation->feed.publish(seq);
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(foundation)));
}

Result<std::unique_ptr<Store>> open_sqlite_store_read_only(const std::filesystem::path& directory,
                                                           const Clock& clock, LogSink& log) {
  std::error_code failure;
  const std::filesystem::path file = std::filesystem::canonical(directory, failure) / "certstead.db";
  if (failure || !std::filesystem::exists(file, failure))
    return not_found("there is no store in " + directory.string() + "; name its directory with --data",
                     "store-absent");
  TRY(FileLock lock, lock_directory(directory));
  TRY(auto db, Database::open(file, Database::Mode::kReadOnly));
  CHECK_OK(sqlite::check_steps(*db, sqlite::schema()));
  auto foundation = std::make_unique<Foundation>(std::move(lock), std::move(db), file, clock, log);
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(foundation)));
}

}  // namespace certstead

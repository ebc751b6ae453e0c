// What is the SQLite store's own: files, locks, migrations, tampering. What any store does is
// tests/contract's.
#include "store/sqlite_store.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/fake_clock.h"
#include "base/file.h"
#include "base/temp_dir.h"
#include "store/sqlite/audit_chain.h"
#include "store/sqlite/schema.h"

namespace certstead {
namespace {

using sqlite::Database;
using sqlite::migrate;
using sqlite::Migration;
using testing::HasSubstr;

class SqliteStore : public testing::Test {
 protected:
  std::filesystem::path directory() const { return temporary_.path() / "store"; }
  std::filesystem::path file() const { return directory() / "certstead.db"; }
  Result<std::unique_ptr<Store>> open() { return open_sqlite_store(directory(), clock_, log_); }
  // Changes the closed store as somebody with the file would.
  void tamper(const char* sql) {
    auto db = Database::open(file(), Database::Mode::kReadWrite).value();
    const Status done = db->execute(sql);
    ASSERT_TRUE(done) << done.error().detail;
  }
  void write_audit(int count) {
    const auto store = open().value();
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(store->audit().add_audit({"uid:0", "act", "thing", std::to_string(i)}));
    }
  }
  // What verify_audit says after `sql`.
  std::string verdict_after(const char* sql) {
    write_audit(5);
    tamper(sql);
    const auto result = open().value()->audit().verify_audit();
    return result ? "sound" : std::string(code_name(result.error().code)) + ": " + result.error().detail;
  }

  TempDir temporary_;
  FakeClock clock_;
  NullLog log_;
};

unsigned mode_of(const std::filesystem::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777U;
}

TEST_F(SqliteStore, FilesAndDirectoryArePrivate) {
  const auto store = open().value();
  ASSERT_TRUE(store->audit().add_audit({"a", "b", "c", "d"}));
  EXPECT_EQ(mode_of(directory()), 0700U);
  for (const char* name : {"certstead.db", "certstead.db-wal", "certstead.db-shm", "lock"}) {
    EXPECT_EQ(mode_of(directory() / name), 0600U) << name;
  }
}

TEST_F(SqliteStore, FileLeftOpenToOthersIsMadePrivate) {
  { const auto store = open().value(); }
  std::filesystem::permissions(file(), std::filesystem::perms(0644));
  const auto store = open().value();
  EXPECT_EQ(mode_of(file()), 0600U);
}

TEST_F(SqliteStore, DirectoryMayBeReachedByASymbolicLinkButTheFileMayNot) {
  const auto elsewhere = temporary_.path() / "elsewhere";
  std::filesystem::create_directory(elsewhere);
  std::filesystem::create_directory_symlink(elsewhere, directory());
  { EXPECT_TRUE(open()); }
  std::filesystem::rename(elsewhere / "certstead.db", temporary_.path() / "moved.db");
  std::filesystem::create_symlink(temporary_.path() / "moved.db", file());
  EXPECT_EQ(open().error().id, "file-denied");
}

TEST_F(SqliteStore, SecondManagerOnTheSameDirectoryIsRefused) {
  auto first = open().value();
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kConflict);
  EXPECT_EQ(second.error().detail,
            "the store in " + directory().string() +
                " is in use by another manager; stop that one, or choose another data directory");
  first.reset();
  EXPECT_TRUE(open());
}

TEST_F(SqliteStore, SettingsOfTheConnectionAreTheSafeOnes) {
  { const auto store = open().value(); }
  auto db = Database::open(file(), Database::Mode::kReadWrite).value();
  EXPECT_EQ(db->number("PRAGMA synchronous").value(), 2);
  EXPECT_EQ(db->number("PRAGMA foreign_keys").value(), 1);
  EXPECT_EQ(db->number("PRAGMA trusted_schema").value(), 0);
  EXPECT_EQ(db->number("PRAGMA secure_delete").value(), 1);
  EXPECT_EQ(db->number("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                       " AND sql NOT LIKE '%STRICT%'")
                .value(),
            0);
  const auto defended = db->execute("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema");
  EXPECT_FALSE(defended);
}

TEST_F(SqliteStore, ReadersCannotWrite) {
  { const auto store = open().value(); }
  auto db = Database::open(file(), Database::Mode::kReadOnly).value();
  EXPECT_EQ(db->run("DELETE FROM audit").error().id, "read-only");
}

TEST_F(SqliteStore, FileThatIsNoDatabaseIsDamagedAndLeftAlone) {
  ASSERT_TRUE(make_directories(directory()));
  const std::string junk(8192, 'x');
  ASSERT_TRUE(write_file_atomic(file(), view_bytes(junk)));
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().id, "store-damaged");
  EXPECT_THAT(store.error().detail, HasSubstr("restore it from a backup"));
  EXPECT_EQ(read_text_file(file()).value(), junk);
}

TEST_F(SqliteStore, DatabaseOfAnotherProgramIsRefused) {
  ASSERT_TRUE(make_directories(directory()));
  ASSERT_TRUE(write_file_atomic(file(), {}));
  tamper("CREATE TABLE theirs (x)");
  EXPECT_EQ(open().error().id, "not-a-store");
}

TEST_F(SqliteStore, StoreOfALaterReleaseIsRefused) {
  { const auto store = open().value(); }
  tamper("INSERT INTO migrations (number, name, checksum, applied) VALUES (999, 'future', '', 0)");
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().id, "store-newer");
  EXPECT_THAT(store.error().detail, HasSubstr("use that release"));
}

TEST_F(SqliteStore, StoreMadeByAnotherTextOfAMigrationIsRefused) {
  { const auto store = open().value(); }
  tamper("UPDATE migrations SET checksum = 'other' WHERE number = 1");
  EXPECT_EQ(open().error().id, "store-changed");
}

TEST_F(SqliteStore, MigrationsRunOnceInOrderAndAFailingOneLeavesNothing) {
  ASSERT_TRUE(make_directories(directory()));
  ASSERT_TRUE(write_file_atomic(file(), {}));
  auto db = Database::open(file(), Database::Mode::kReadWrite).value();
  const Migration first = {1, "first", "CREATE TABLE a (x INTEGER) STRICT"};
  const Migration broken = {2, "second", "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO none VALUES (1)"};
  const Migration mended = {2, "second", "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO a VALUES (1)"};
  EXPECT_EQ(migrate(*db, {first}, clock_.now()).value(), 1U);
  const auto failed = migrate(*db, {first, broken}, clock_.now());
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().detail, HasSubstr("step 2 (second)"));
  EXPECT_EQ(db->number("SELECT count(*) FROM sqlite_schema WHERE name = 'b'").value(), 0);
  EXPECT_EQ(migrate(*db, {first, mended}, clock_.now()).value(), 1U);
  EXPECT_EQ(migrate(*db, {first, mended}, clock_.now()).value(), 0U);
  EXPECT_EQ(db->number("SELECT count(*) FROM a").value(), 1);
}

TEST_F(SqliteStore, RowThatMeansNothingIsNamed) {
  {
    const auto store = open().value();
    Job job;
    job.id = "j";
    ASSERT_TRUE(store->jobs().add_job(job));
    Order order;
    order.id = "o";
    ASSERT_TRUE(store->orders().create_order(order, 0));
  }
  tamper("UPDATE jobs SET kind = 'dance'; UPDATE orders SET grants = x'01ffffffff'");
  const auto store = open().value();
  const auto job = store->jobs().find_job("j");
  EXPECT_EQ(job.error().id, "store-damaged");
  EXPECT_THAT(job.error().detail, HasSubstr("table jobs has a damaged kind (\"dance\" is no kind of job)"));
  EXPECT_THAT(store->orders().all_orders().error().detail, HasSubstr("table orders has a damaged grants"));
}

TEST_F(SqliteStore, UntouchedAuditLogIsSound) { EXPECT_EQ(verdict_after("SELECT 1"), "sound"); }

TEST_F(SqliteStore, ChangedAuditRecordIsFound) {
  for (const char* change : {"at = at + 1", "actor = 'x'", "action = 'x'", "object = 'x'", "detail = 'x'"}) {
    std::filesystem::remove_all(directory());
    const std::string sql = "UPDATE audit SET " + std::string(change) + " WHERE number = 3";
    EXPECT_THAT(verdict_after(sql.c_str()), HasSubstr("denied: audit record 3 does not fit")) << change;
  }
}

TEST_F(SqliteStore, AuditRecordWithARecomputedHashIsFoundAtTheNext) {
  write_audit(5);
  auto store = open().value();
  AuditRecord forged = store->audit().audit_after(2, 1)->at(0);
  const std::string previous = store->audit().audit_after(1, 1)->at(0).hash;
  store.reset();
  forged.note.actor = "other";
  tamper(("UPDATE audit SET actor = 'other', hash = '" + sqlite::audit_hash(previous, forged) +
          "' WHERE number = 3")
             .c_str());
  EXPECT_THAT(open().value()->audit().verify_audit().error().detail,
              HasSubstr("audit record 4 does not fit"));
}

TEST_F(SqliteStore, DeletedAuditRecordsAreFoundWhereverTheyStood) {
  EXPECT_THAT(verdict_after("DELETE FROM audit WHERE number = 3"), HasSubstr("audit record 3 is missing"));
}

TEST_F(SqliteStore, CutOffAuditLogIsFound) {
  EXPECT_THAT(verdict_after("DELETE FROM audit WHERE number >= 4"),
              HasSubstr("audit records 4 to 5 are missing at the end"));
}

TEST_F(SqliteStore, EmptiedAuditLogIsFound) {
  EXPECT_THAT(verdict_after("DELETE FROM audit"), HasSubstr("audit records 1 to 5 are missing at the end"));
}

TEST_F(SqliteStore, AuditLogWithALoweredHeadIsFound) {
  EXPECT_THAT(verdict_after("DELETE FROM audit WHERE number = 5; UPDATE head SET audit_number = 4"),
              HasSubstr("the head of the audit log does not fit"));
}

TEST_F(SqliteStore, AuditLogOfAnotherStoreIsFound) {
  EXPECT_THAT(verdict_after("UPDATE head SET store_id = 'other'"), HasSubstr("audit record 1 does not fit"));
}

TEST_F(SqliteStore, WriteAheadLogIsTidiedUpWhenTheStoreEnds) {
  write_audit(5);
  EXPECT_FALSE(std::filesystem::exists(file().string() + "-wal"));
}

TEST_F(SqliteStore, DeletedContentIsNotLeftInTheFile) {
  const std::string marker = "marker-of-a-sealed-thing";
  {
    const auto store = open().value();
    Order order;
    order.id = "o";
    order.csr = to_bytes(marker);
    ASSERT_TRUE(store->orders().create_order(order, 0));
    ASSERT_TRUE(store->orders().remove_order("o"));
  }
  EXPECT_THAT(read_text_file(file()).value(), testing::Not(HasSubstr(marker)));
}

}  // namespace
}  // namespace certstead

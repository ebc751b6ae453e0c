#include "store/sqlite/migrations.h"

#include "base/text.h"
#include "crypto/digest.h"

namespace certstead::sqlite {
namespace {

// "CSTD": what marks an SQLite file as ours.
constexpr std::int64_t kApplicationId = 0x43535444;

std::string checksum(const Migration& step) { return sha256_hex(view_bytes(step.sql)); }

Status make_list(Database& db) {
  TRY(const auto mark, db.number("PRAGMA application_id"));
  if (mark == kApplicationId) return Done{};
  TRY(const auto tables, db.number("SELECT count(*) FROM sqlite_schema"));
  if (mark.value_or(0) != 0 || tables.value_or(0) != 0) {
    return invalid("the file belongs to another program; choose another data directory", "not-a-store");
  }
  const std::string sql =
      "BEGIN IMMEDIATE;"
      "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
      " checksum TEXT NOT NULL, applied INTEGER NOT NULL) STRICT;"
      "PRAGMA application_id = " +
      std::to_string(kApplicationId) + "; COMMIT";
  const Status made = db.execute(sql.c_str());
  if (!made && db.in_transaction()) (void)db.execute("ROLLBACK");
  return made;
}

Status check_applied(const Migration& step, const std::string& applied_checksum) {
  if (applied_checksum == checksum(step)) return Done{};
  return invalid("step " + std::to_string(step.number) + " (" + step.name +
                     ") of the store was made by another build than this one; use the program that made it",
                 "store-changed");
}

// How many of `steps` the database has had.
Result<std::size_t> count_applied(Database& db, const std::vector<Migration>& steps) {
  TRY(Query query, db.query("SELECT number, checksum FROM migrations ORDER BY number"));
  std::size_t count = 0;
  for (;; ++count) {
    TRY(const bool more, query.next());
    if (!more) return count;
    Row row = query.row();
    const std::int64_t number = row.number();
    if (count >= steps.size() || steps[count].number != number) {
      return invalid("the store was last used by a later release (its step " + std::to_string(number) +
                         " is unknown here); use that release, or restore a backup from before it",
                     "store-newer");
    }
    CHECK_OK(check_applied(steps[count], row.text()));
  }
}

Status apply_in_transaction(Database& db, const Migration& step, Instant now) {
  CHECK_OK(db.execute(step.sql));
  CHECK_OK(db.run("INSERT INTO migrations (number, name, checksum, applied) VALUES (?, ?, ?, ?)", step.number,
                  std::string_view(step.name), std::string_view(checksum(step)), now));
  return db.execute("COMMIT");
}

Status apply(Database& db, const Migration& step, Instant now) {
  CHECK_OK(db.execute("BEGIN IMMEDIATE"));
  const Status applied = apply_in_transaction(db, step, now);
  if (applied) return applied;
  if (db.in_transaction()) (void)db.execute("ROLLBACK");
  return applied.error().within("step " + std::to_string(step.number) + " (" + step.name + ") of the store");
}

}  // namespace

Status check_steps(Database& db, const std::vector<Migration>& steps) {
  TRY(const auto mark, db.number("PRAGMA application_id"));
  if (mark != kApplicationId)
    return invalid("the file belongs to another program; choose another data directory", "not-a-store");
  TRY(const std::size_t applied, count_applied(db, steps));
  if (applied == steps.size()) return Done{};
  return invalid("the store was last used by an earlier release; start the manager of this one once",
                 "store-older");
}

Result<std::size_t> migrate(Database& db, const std::vector<Migration>& steps, Instant now) {
  CHECK_OK(make_list(db));
  TRY(const std::size_t applied, count_applied(db, steps));
  for (std::size_t i = applied; i < steps.size(); ++i) CHECK_OK(apply(db, steps[i], now));
  return steps.size() - applied;
}

}  // namespace certstead::sqlite

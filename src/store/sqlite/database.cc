#include "store/sqlite/database.h"

namespace certstead::sqlite {
namespace {

// Long enough for a backup tool that holds the file for a moment; ours never wait for each other.
constexpr int kBusyMilliseconds = 5000;

// An empty value is not NULL: SQLite takes a null pointer for that.
const void* not_null(const void* data) { return data == nullptr ? "" : data; }

}  // namespace

BytesView Row::blob_view() {
  // The pointer first: asking for the size may not change the value then.
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column_));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_));
  ++column_;
  return {data, size};
}

Bytes Row::blob() {
  const BytesView view = blob_view();
  return {view.begin(), view.end()};
}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Query::bind(std::string_view text) {
  sqlite3_bind_text64(statement_, parameter_++, static_cast<const char*>(not_null(text.data())), text.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Query::bind(BytesView blob) {
  sqlite3_bind_blob64(statement_, parameter_++, not_null(blob.data()), blob.size(), SQLITE_TRANSIENT);
}

Result<bool> Query::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const Error error = sqlite_error(sqlite3_db_handle(statement_));
  sqlite3_reset(statement_);
  return error;
}

Status Query::run() {
  for (;;) {
    TRY(const bool more, next());
    if (!more) return Done{};
  }
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path, Mode mode) {
  sqlite3* handle = nullptr;
  const int flags = (mode == Mode::kReadWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> out(new Database(handle));
  if (handle == nullptr) return unavailable("no memory left to open " + path.string(), "store-io");
  if (code != SQLITE_OK) return sqlite_error(handle);
  CHECK_OK(out->configure(mode));
  return out;
}

Status Database::configure(Mode mode) {
  sqlite3_busy_timeout(handle_, kBusyMilliseconds);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  // The cache holds what the scheduler looks at again and again: the sets that are due next lie scattered
  // over the file.
  CHECK_OK(execute("PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA cache_size = -16384"));
  if (mode == Mode::kReadOnly) return Done{};
  // EXTRA while the log is introduced: a rollback journal that came back after a power cut would empty the
  // file.
  CHECK_OK(execute("PRAGMA synchronous = EXTRA; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"));
  CHECK_OK(execute("PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864"));
  TRY(Query mode_query, query("PRAGMA journal_mode"));
  TRY(const bool found, mode_query.next());
  if (!found || mode_query.row().text() != "wal") {
    return unavailable(
        "the file system of the store has no shared memory for SQLite's write-ahead log; use a local one",
        "store-io");
  }
  return Done{};
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Status Database::execute(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return sqlite_error(handle_);
  return Done{};
}

Result<Query> Database::prepare(std::string_view sql) {
  auto place = statements_.find(sql);
  if (place == statements_.end()) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &statement, nullptr) != SQLITE_OK) {
      return sqlite_error(handle_);
    }
    place = statements_.emplace(std::string(sql), statement).first;
  }
  if (sqlite3_stmt_busy(place->second) != 0) {
    return internal("a statement of the store was started again while it ran");
  }
  return Query(place->second);
}

}  // namespace certstead::sqlite

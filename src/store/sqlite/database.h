// One connection to an SQLite file, its prepared statements and their rows: the only place that speaks the C
// API.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace certstead::sqlite {

// The current row of a query, read column by column from the left. Valid until the query goes on.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  bool next_is_null() const { return sqlite3_column_type(statement_, column_) == SQLITE_NULL; }
  void skip() { ++column_; }
  std::int64_t number() { return sqlite3_column_int64(statement_, column_++); }
  std::string text() { return std::string(view_text(blob_view())); }
  Bytes blob();
  // A view into SQLite's memory.
  BytesView blob_view();

 private:
  sqlite3_stmt* statement_;
  int column_ = 0;
};

// A statement on its way. Goes back to its connection's cache when it ends; must not outlive the connection.
class Query {
 public:
  explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
  Query(Query&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)), parameter_(other.parameter_) {}
  Query& operator=(Query&&) = delete;
  ~Query();

  // The next parameter from the left. Values are copied.
  void bind(std::string_view text);
  void bind(BytesView blob);
  void bind(std::int64_t number) { sqlite3_bind_int64(statement_, parameter_++, number); }
  void bind_null() { sqlite3_bind_null(statement_, parameter_++); }

  void bind_one(std::string_view text) { bind(text); }
  void bind_one(const Bytes& blob) { bind(BytesView(blob)); }
  void bind_one(BytesView blob) { bind(blob); }
  void bind_one(std::int64_t number) { bind(number); }
  void bind_one(Instant at) { bind(to_unix_ms(at)); }

  // True: there is a row. False: the statement has ended.
  Result<bool> next();
  // To the end, passing rows over.
  Status run();
  Row row() const { return Row(statement_); }

 private:
  sqlite3_stmt* statement_;
  int parameter_ = 1;
};

// Used by one thread at a time.
class Database {
 public:
  enum class Mode { kReadWrite, kReadOnly };
  // Opens the file, which must exist (an empty one is a database without tables). Everything is set for
  // safety: WAL, full synchronisation, foreign keys, zeroed free space, no trust in functions that a schema
  // names.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path, Mode mode);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // Runs any number of statements without parameters.
  Status execute(const char* sql);
  // One statement with its parameters bound in order. Prepared once for each text.
  template <class... A>
  Result<Query> query(std::string_view sql, const A&... arguments) {
    TRY(Query out, prepare(sql));
    (out.bind_one(arguments), ...);
    return out;
  }
  // The same, run to its end; yields how many rows it changed.
  template <class... A>
  Result<std::int64_t> run(std::string_view sql, const A&... arguments) {
    TRY(Query out, query(sql, arguments...));
    CHECK_OK(out.run());
    return sqlite3_changes64(handle_);
  }
  // The first column of the first row as a number; nothing without a row or if it is NULL.
  template <class... A>
  Result<std::optional<std::int64_t>> number(std::string_view sql, const A&... arguments) {
    TRY(Query out, query(sql, arguments...));
    TRY(const bool found, out.next());
    Row row = out.row();
    if (!found || row.next_is_null()) return std::optional<std::int64_t>();
    return std::optional(row.number());
  }
  bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
  sqlite3* native() { return handle_; }

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  Status configure(Mode mode);
  Result<Query> prepare(std::string_view sql);

  sqlite3* handle_;
  std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

// What the connection says of its last failure, as an Error that names the file and the way out.
Error sqlite_error(sqlite3* handle);

}  // namespace certstead::sqlite

// Records and table rows: every record names its columns once (records.h), and is written, read and listed by
// that.
#pragma once

#include <type_traits>

#include "model/certificate_check.h"
#include "model/credential.h"
#include "model/deployment.h"
#include "model/dns_journal.h"
#include "model/health.h"
#include "model/job.h"
#include "store/sqlite/blobs.h"
#include "store/sqlite/database.h"

namespace certstead::sqlite {

// Table<Record> has `name`, and `columns(visit, record)`, which calls visit("column", member) for each; the
// first column is the key.
template <class T>
struct Table;

inline std::string_view word(KeyType value) { return key_type_name(value); }
inline std::string_view word(SetStatus value) { return set_status_name(value); }
inline std::string_view word(VersionState value) { return version_state_name(value); }
inline std::string_view word(JobKind value) { return job_kind_name(value); }
inline std::string_view word(JobStatus value) { return job_status_name(value); }
inline std::string_view word(AcmeStatus value) { return acme_status_name(value); }
inline std::string_view word(DnsPropagationMode value) { return propagation_name(value); }
inline std::string_view word(DnsRecordState value) { return dns_record_state_name(value); }
inline std::string_view word(Health value) { return health_name(value); }
inline std::string_view word(RevocationStatus value) { return revocation_status_name(value); }
inline std::string_view word(DeployOutcome value) { return deploy_outcome_name(value); }
inline Result<DeployOutcome> read_word(std::string_view text, DeployOutcome) {
  return parse_deploy_outcome(text);
}
inline Result<Health> read_word(std::string_view text, Health) { return parse_health(text); }
inline Result<RevocationStatus> read_word(std::string_view text, RevocationStatus) {
  return parse_revocation_status(text);
}
inline Result<DnsPropagationMode> read_word(std::string_view text, DnsPropagationMode) {
  return parse_propagation(text);
}
inline Result<DnsRecordState> read_word(std::string_view text, DnsRecordState) {
  return parse_dns_record_state(text);
}
inline Result<KeyType> read_word(std::string_view text, KeyType) { return parse_key_type(text); }
inline Result<SetStatus> read_word(std::string_view text, SetStatus) { return parse_set_status(text); }
inline Result<VersionState> read_word(std::string_view text, VersionState) {
  return parse_version_state(text);
}
inline Result<JobKind> read_word(std::string_view text, JobKind) { return parse_job_kind(text); }
inline Result<JobStatus> read_word(std::string_view text, JobStatus) { return parse_job_status(text); }
inline Result<AcmeStatus> read_word(std::string_view text, AcmeStatus) { return parse_acme_status(text); }

template <class T>
void bind_value(Query& query, const T& value) {
  if constexpr (std::is_enum_v<T>) {
    query.bind(word(value));
  } else if constexpr (std::is_integral_v<T>) {
    query.bind(static_cast<std::int64_t>(value));
  } else if constexpr (std::is_same_v<T, Duration>) {
    query.bind(static_cast<std::int64_t>(value.count()));
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, Bytes> ||
                       std::is_same_v<T, Instant>) {
    query.bind_one(value);
  } else {
    query.bind(BytesView(pack(value)));
  }
}
template <class T>
void bind_value(Query& query, const std::optional<T>& value) {
  if (value) {
    bind_value(query, *value);
  } else {
    query.bind_null();
  }
}

template <class T>
Status read_value(Row& row, T& value) {
  if constexpr (std::is_enum_v<T>) {
    TRY(value, read_word(row.text(), value));
  } else if constexpr (std::is_integral_v<T>) {
    value = static_cast<T>(row.number());
  } else if constexpr (std::is_same_v<T, Duration>) {
    value = Duration{row.number()};
  } else if constexpr (std::is_same_v<T, Instant>) {
    value = from_unix_ms(row.number());
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = row.text();
  } else if constexpr (std::is_same_v<T, Bytes>) {
    value = row.blob();
  } else {
    return unpack(row.blob_view(), value);
  }
  return Done{};
}
template <class T>
Status read_value(Row& row, std::optional<T>& value) {
  value.reset();
  if (!row.next_is_null()) return read_value(row, value.emplace());
  row.skip();
  return Done{};
}

// The row's columns, from where it stands on, as a record. kInternal, naming table and column, if they mean
// nothing.
template <class T>
Result<T> read_record(Row& row) {
  T record;
  Status status = Done{};
  Table<T>::columns(
      [&](const char* column, auto& member) {
        if (!status) return;
        const Status read = read_value(row, member);
        if (read) return;
        status = internal("the store's table " + std::string(Table<T>::name) + " has a damaged " + column +
                              " (" + read.error().detail + "); restore it from a backup",
                          "store-damaged");
      },
      record);
  if (!status) return status.error();
  return record;
}

namespace text {

// "a, b, c"
template <class T>
const std::string& columns() {
  static const std::string list = [] {
    std::string out;
    const T none{};
    Table<T>::columns(
        [&](const char* column, const auto&) { out += (out.empty() ? "" : ", ") + std::string(column); },
        none);
    return out;
  }();
  return list;
}

// " (a, b) VALUES (?, ?)"
template <class T>
const std::string& values() {
  static const std::string list = [] {
    std::string marks;
    const T none{};
    Table<T>::columns([&](const char*, const auto&) { marks += marks.empty() ? "?" : ", ?"; }, none);
    return std::string(Table<T>::name) + " (" + columns<T>() + ") VALUES (" + marks + ")";
  }();
  return list;
}

// "UPDATE t SET a = ?1, b = ?2 WHERE a = ?1"
template <class T>
const std::string& update() {
  static const std::string sql = [] {
    std::string out = "UPDATE " + std::string(Table<T>::name) + " SET ";
    std::string key;
    int number = 0;
    const T none{};
    Table<T>::columns(
        [&](const char* column, const auto&) {
          const std::string term = std::string(column) + " = ?" + std::to_string(++number);
          out += (number == 1 ? "" : ", ") + term;
          if (number == 1) key = term;
        },
        none);
    return out + " WHERE " + key;
  }();
  return sql;
}

}  // namespace text

template <class T>
Result<std::int64_t> write_record(Database& db, std::string_view sql, const T& record) {
  TRY(Query query, db.query(sql));
  Table<T>::columns([&](const char*, const auto& member) { bind_value(query, member); }, record);
  CHECK_OK(query.run());
  return sqlite3_changes64(db.native());
}

// kConflict if a key or a unique column is taken.
template <class T>
Status insert(Database& db, const T& record) {
  static const std::string sql = "INSERT INTO " + text::values<T>();
  CHECK_OK(write_record(db, sql, record));
  return Done{};
}

template <class T>
Status insert_or_replace(Database& db, const T& record) {
  static const std::string sql = "INSERT OR REPLACE INTO " + text::values<T>();
  CHECK_OK(write_record(db, sql, record));
  return Done{};
}

// Yields false if there is no such row.
template <class T>
Result<bool> update(Database& db, const T& record) {
  TRY(const std::int64_t changed, write_record(db, text::update<T>(), record));
  return changed > 0;
}

// Records of the rows that `tail` ("WHERE ... ORDER BY ... LIMIT ?") lets through.
template <class T, class... A>
Result<std::vector<T>> select(Database& db, std::string_view tail, const A&... arguments) {
  const std::string sql =
      "SELECT " + text::columns<T>() + " FROM " + std::string(Table<T>::name) + " " + std::string(tail);
  TRY(Query query, db.query(sql, arguments...));
  std::vector<T> out;
  for (;;) {
    TRY(const bool more, query.next());
    if (!more) return out;
    Row row = query.row();
    TRY(T record, read_record<T>(row));
    out.push_back(std::move(record));
  }
}

// The only record that `tail` lets through; nothing if there is none.
template <class T, class... A>
Result<std::optional<T>> select_one(Database& db, std::string_view tail, const A&... arguments) {
  TRY(std::vector<T> found, select<T>(db, tail, arguments...));
  if (found.empty()) return std::optional<T>();
  return std::optional<T>(std::move(found.front()));
}

}  // namespace certstead::sqlite

// Records that several may read and change: each change says which revision it is of.
#pragma once

#include <utility>

#include "store/sqlite/core.h"

namespace certstead::sqlite {

// Name and value of the record's key.
template <class T>
std::pair<std::string, std::string> key_of(const T& record) {
  std::pair<std::string, std::string> key;
  Table<T>::columns(
      [&](const char* column, const auto& member) {
        if constexpr (std::is_same_v<std::decay_t<decltype(member)>, std::string>) {
          if (key.first.empty()) key = {column, member};
        }
      },
      record);
  return key;
}

// Writes `record` over the row that it was read from, and `note` with it; yields its new revision. Errors:
// no_such() and stale_revision(), which call it `what`; `taken` says that another row has what must be
// unique.
template <class T>
Result<std::int64_t> update_revised(const Core& core, const T& record, std::string_view what,
                                    std::string_view taken, const AuditNote& note) {
  T next = record;
  next.revision = record.revision + 1;
  const auto key = key_of(record);
  const std::string sql =
      "SELECT revision FROM " + std::string(Table<T>::name) + " WHERE " + key.first + " = ?";
  CHECK_OK(core.writer.apply([&](Transaction& transaction) -> Status {
    TRY(const auto stored, transaction.db.number(sql, key.second));
    if (!stored) return no_such(what, record.name);
    if (*stored != record.revision) return stale_revision(what, record.name);
    const auto updated = update(transaction.db, next);
    if (!updated) return explain_taken(updated.error(), taken);
    transaction.write_audit(note);
    return Done{};
  }));
  return next.revision;
}

}  // namespace certstead::sqlite

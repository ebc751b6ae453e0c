#include "base/text.h"
#include "store/sqlite/faces.h"
#include "store/sqlite/health_records.h"

namespace certstead::sqlite {
namespace {

class SqliteUrlWatches final : public UrlWatches {
 public:
  explicit SqliteUrlWatches(const Core& core) : core_(core) {}

  Status add_watch(const UrlWatch& watch, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      WatchRecord record;
      record.watch = watch;
      record.next_check = transaction.now;
      CHECK_OK(explain_taken(insert(transaction.db, record),
                             "the address \"" + printable(watch.name, 100) +
                                 "\" is watched already; remove it first to change it"));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Status remove_watch(std::string_view name, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const std::int64_t removed, transaction.db.run("DELETE FROM url_watches WHERE name = ?", name));
      if (removed == 0) return no_such("watched address", name);
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<std::vector<WatchRecord>> list_watches() override {
    return core_.readers.read([&](Database& db) { return select<WatchRecord>(db, "ORDER BY name"); });
  }

  Result<std::vector<WatchRecord>> watches_due(Instant now, std::size_t limit) override {
    return core_.readers.read([&](Database& db) {
      return select<WatchRecord>(db, "WHERE next_check <= ? ORDER BY next_check LIMIT ?", now,
                                 row_limit(limit));
    });
  }

  Status make_due(Instant now) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(transaction.db.run("UPDATE url_watches SET next_check = ?1 WHERE next_check > ?1", now));
      return Done{};
    });
  }

  Status put_result(std::string_view name, const WatchResult& result, Instant next_check) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const std::int64_t changed,
          transaction.db.run("UPDATE url_watches SET before_last = last, last = ?2, next_check = ?3"
                             " WHERE name = ?1",
                             name, pack(result), next_check));
      if (changed == 0) return no_such("watched address", name);
      return Done{};
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<UrlWatches> make_url_watches(const Core& core) {
  return std::make_unique<SqliteUrlWatches>(core);
}

}  // namespace certstead::sqlite

#include "base/text.h"
#include "store/sqlite/faces.h"
#include "store/sqlite/health_records.h"

namespace certstead::sqlite {
namespace {

class SqliteNotifications final : public Notifications {
 public:
  explicit SqliteNotifications(const Core& core) : core_(core) {}

  Status add_target(const NotifyTarget& target, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(explain_taken(insert(transaction.db, target),
                             "a notification target named \"" + printable(target.name, 100) +
                                 "\" exists already; remove it first, or choose another name"));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Status remove_target(std::string_view name, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const std::int64_t removed, transaction.db.run("DELETE FROM notify_targets WHERE name = ?", name));
      if (removed == 0) return no_such("notification target", name);
      CHECK_OK(transaction.db.run("DELETE FROM outbox WHERE target = ?", name));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<std::vector<NotifyTarget>> list_targets() override {
    return core_.readers.read([&](Database& db) { return select<NotifyTarget>(db, "ORDER BY name"); });
  }

  Result<std::vector<Told>> told(std::string_view subject) override {
    return core_.readers.read(
        [&](Database& db) { return select<Told>(db, "WHERE subject = ? ORDER BY finding", subject); });
  }

  Result<std::vector<std::string>> told_subjects() override {
    return core_.readers.read([&](Database& db) -> Result<std::vector<std::string>> {
      TRY(Query query, db.query("SELECT DISTINCT subject FROM told ORDER BY subject"));
      std::vector<std::string> out;
      for (;;) {
        TRY(const bool more, query.next());
        if (!more) return out;
        out.push_back(query.row().text());
      }
    });
  }

  Status tell(std::string_view subject, const std::vector<Told>& told,
              const std::vector<OutboxEntry>& entries) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(transaction.db.run("DELETE FROM told WHERE subject = ?", subject));
      for (const Told& one : told) CHECK_OK(insert(transaction.db, one));
      for (const OutboxEntry& entry : entries) CHECK_OK(insert(transaction.db, entry));
      return Done{};
    });
  }

  Result<std::vector<OutboxEntry>> outbox_due(std::string_view target, Instant now,
                                              std::size_t limit) override {
    return core_.readers.read([&](Database& db) {
      return select<OutboxEntry>(db, "WHERE target = ? AND next_try <= ? ORDER BY at, rowid LIMIT ?", target,
                                 now, row_limit(limit));
    });
  }

  Status end_delivery(const std::vector<OutboxEntry>& entries, const std::string& error,
                      Instant next_try) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      for (const OutboxEntry& entry : entries) {
        if (error.empty()) {
          CHECK_OK(transaction.db.run("DELETE FROM outbox WHERE id = ?", entry.id));
        } else {
          CHECK_OK(
              transaction.db.run("UPDATE outbox SET attempts = attempts + 1, last_error = ?2,"
                                 " next_try = ?3 WHERE id = ?1",
                                 entry.id, error, next_try));
        }
      }
      return Done{};
    });
  }

  Result<std::int64_t> outbox_size(std::string_view target) override {
    return core_.readers.read([&](Database& db) -> Result<std::int64_t> {
      TRY(const auto count, db.number("SELECT count(*) FROM outbox WHERE target = ?", target));
      return count.value_or(0);
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<Notifications> make_notifications(const Core& core) {
  return std::make_unique<SqliteNotifications>(core);
}

}  // namespace certstead::sqlite

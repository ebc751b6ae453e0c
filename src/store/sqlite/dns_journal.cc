#include "store/sqlite/faces.h"

namespace certstead::sqlite {
namespace {

// Bound by number: ?1 is now, ?2 the limit. An order that is gone leaves its records to whoever sweeps.
constexpr std::string_view kDue =
    "WHERE due <= ?1 AND (state = 'leaving' OR NOT EXISTS (SELECT 1 FROM orders WHERE orders.id = order_id))"
    " ORDER BY due, created LIMIT ?2";

class SqliteDnsJournal final : public DnsJournal {
 public:
  explicit SqliteDnsJournal(const Core& core) : core_(core) {}

  Result<std::string> begin_dns_record(const DnsRecordEntry& entry) override {
    std::string id = entry.id;
    CHECK_OK(core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(auto before, select_one<DnsRecordEntry>(
                           transaction.db, "WHERE order_id = ? AND account = ? AND name = ? AND value = ?",
                           entry.order_id, entry.account, entry.record.name, entry.record.value));
      if (!before) return insert(transaction.db, entry);
      id = before->id;
      DnsRecordEntry again = entry;
      again.id = id;
      again.kept = before->kept;
      TRY(const bool updated, update(transaction.db, again));
      return updated ? Status(Done{}) : no_such("DNS record", id);
    }));
    return id;
  }

  Status keep_dns_record(std::string_view id, std::string_view kept) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      // One that is to go meanwhile goes, with what is now known of it.
      TRY(const std::int64_t changed,
          transaction.db.run(
              "UPDATE dns_records SET kept = ?2, state = CASE state WHEN 'adding' THEN 'stands'"
              " ELSE state END WHERE id = ?1",
              id, kept));
      return changed > 0 ? Status(Done{}) : no_such("DNS record", id);
    });
  }

  Status release_dns_records(std::string_view order_id, Instant due) override {
    return run(
        "UPDATE dns_records SET state = 'leaving', due = ?2 WHERE order_id = ?1 AND state <> 'leaving'",
        order_id, due);
  }

  Status release_dns_record(std::string_view id, Instant due) override {
    return run("UPDATE dns_records SET state = 'leaving', due = ?2 WHERE id = ?1", id, due);
  }

  Result<std::vector<DnsRecordEntry>> dns_records_due(Instant now, std::size_t limit) override {
    return core_.readers.read(
        [&](Database& db) { return select<DnsRecordEntry>(db, kDue, now, row_limit(limit)); });
  }

  Result<DnsRecordEntry> find_dns_record(std::string_view id) override {
    return core_.readers.read([&](Database& db) {
      return expect_found(select_one<DnsRecordEntry>(db, "WHERE id = ?", id), "DNS record", id);
    });
  }

  Result<std::vector<DnsRecordEntry>> list_dns_records() override {
    return core_.readers.read(
        [&](Database& db) { return select<DnsRecordEntry>(db, "ORDER BY created, id"); });
  }

  Result<bool> dns_record_shared(const DnsRecordEntry& entry) override {
    return core_.readers.read([&](Database& db) -> Result<bool> {
      TRY(const auto others,
          db.number("SELECT count(*) FROM dns_records WHERE name = ? AND value = ? AND id <> ?"
                    " AND state <> 'leaving'",
                    entry.record.name, entry.record.value, entry.id));
      return others.value_or(0) > 0;
    });
  }

  Status retry_dns_record(std::string_view id, Instant due, std::string_view error) override {
    return run(
        "UPDATE dns_records SET state = 'leaving', attempts = attempts + 1, due = ?2, last_error = ?3"
        " WHERE id = ?1",
        id, due, error);
  }

  Status end_dns_record(std::string_view id) override {
    return run("DELETE FROM dns_records WHERE id = ?", id);
  }

 private:
  template <class... A>
  Status run(std::string_view sql, const A&... arguments) {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(transaction.db.run(sql, arguments...));
      return Done{};
    });
  }

  const Core& core_;
};

}  // namespace

std::unique_ptr<DnsJournal> make_dns_journal(const Core& core) {
  return std::make_unique<SqliteDnsJournal>(core);
}

}  // namespace certstead::sqlite

#include "store/sqlite/faces.h"
#include "store/sqlite/health_records.h"

namespace certstead::sqlite {
namespace {

class SqliteVersionChecks final : public VersionChecks {
 public:
  explicit SqliteVersionChecks(const Core& core) : core_(core) {}

  Status put_check(const VersionCheck& check) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const bool found, update(transaction.db, check));
      if (!found) return no_such("active credential version", check.version_id);
      return Done{};
    });
  }

  Result<std::vector<VersionCheck>> checks_of_set(std::string_view set_id) override {
    return core_.readers.read([&](Database& db) {
      return select<VersionCheck>(db, "WHERE set_id = ? ORDER BY version_id", set_id);
    });
  }

  Result<std::vector<VersionCheck>> checks_due(Instant now, std::size_t limit) override {
    return core_.readers.read([&](Database& db) {
      return select<VersionCheck>(db, "WHERE next_check <= ? ORDER BY next_check LIMIT ?", now,
                                  row_limit(limit));
    });
  }

  // A chain is a list of byte strings: an intermediate in it stands there byte by byte. Roots are left out
  // of chains, and need no such search.
  Result<std::int64_t> sets_using(const TrustedRoot& root) override {
    return core_.readers.read([&](Database& db) -> Result<std::int64_t> {
      TRY(const auto count,
          db.number("SELECT count(*) FROM (SELECT set_id FROM version_checks WHERE top_issuer = ?"
                    " UNION SELECT set_id FROM credential_versions"
                    " WHERE ? AND state = 'active' AND instr(chain, ?) > 0)",
                    root.facts.subject, std::int64_t{!root.self_signed}, root.certificate));
      return count.value_or(0);
    });
  }

  Status make_due(std::string_view set_id, Instant now) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(transaction.db.run(
          "UPDATE version_checks SET next_check = ?1 WHERE next_check > ?1 AND (?2 = '' OR set_id = ?2)", now,
          set_id));
      return Done{};
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<VersionChecks> make_version_checks(const Core& core) {
  return std::make_unique<SqliteVersionChecks>(core);
}

}  // namespace certstead::sqlite

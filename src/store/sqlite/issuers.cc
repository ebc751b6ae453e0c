#include "base/text.h"
#include "store/sqlite/faces.h"
#include "store/sqlite/revised.h"

namespace certstead::sqlite {
namespace {

// Budgets look back over less; older uses are forgotten as new ones come.
constexpr Duration kUsageKept = std::chrono::hours(24 * 31);

std::string taken(const IssuerRecord& issuer) {
  return "an issuer named \"" + printable(issuer.name, 100) + "\" exists already; choose another name";
}

class SqliteIssuers final : public Issuers {
 public:
  explicit SqliteIssuers(const Core& core) : core_(core) {}

  Status create_issuer(const IssuerRecord& issuer, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(explain_taken(insert(transaction.db, issuer), taken(issuer)));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<std::int64_t> update_issuer(const IssuerRecord& issuer, const AuditNote& note) override {
    return update_revised(core_, issuer, "issuer", taken(issuer), note);
  }

  Result<IssuerRecord> find_issuer(std::string_view name) override {
    return core_.readers.read([&](Database& db) {
      return expect_found(select_one<IssuerRecord>(db, "WHERE name = ?", name), "issuer", name);
    });
  }

  Result<std::vector<IssuerRecord>> list_issuers() override {
    return core_.readers.read([&](Database& db) { return select<IssuerRecord>(db, "ORDER BY name"); });
  }

  Status delete_issuer(std::string_view name, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      Database& db = transaction.db;
      TRY(const auto users, db.number("SELECT (SELECT count(*) FROM accounts WHERE issuer = ?1)"
                                      " + (SELECT count(*) FROM credential_sets WHERE issuer = ?1)",
                                      name));
      if (users.value_or(0) > 0) {
        return conflict("the issuer \"" + printable(name, 100) +
                            "\" is used by accounts or credential sets; delete or move them first",
                        "in-use");
      }
      TRY(const std::int64_t removed, db.run("DELETE FROM issuers WHERE name = ?", name));
      if (removed == 0) return no_such("issuer", name);
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<int> count_usage(std::string_view issuer, std::string_view kind, std::string_view scope,
                          Instant since) override {
    return core_.readers.read([&](Database& db) -> Result<int> {
      TRY(const auto count, db.number("SELECT count(*) FROM issuer_usage"
                                      " WHERE issuer = ? AND kind = ? AND scope = ? AND at >= ?",
                                      issuer, kind, scope, since));
      return static_cast<int>(count.value_or(0));
    });
  }

  Status add_usage(std::string_view issuer, std::string_view kind, std::string_view scope,
                   Instant at) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(transaction.db.run("DELETE FROM issuer_usage WHERE at < ?", at - kUsageKept));
      return insert_use(transaction.db, issuer, kind, scope, at);
    });
  }

  Result<std::optional<BudgetWait>> take_budget(std::string_view issuer, const std::vector<BudgetLine>& lines,
                                                Instant now) override {
    std::optional<BudgetWait> longest;
    const Status written = core_.writer.apply([&](Transaction& transaction) -> Status {
      Database& db = transaction.db;
      longest.reset();
      for (const BudgetLine& line : lines) {
        TRY(const auto until, full_until(db, issuer, line, now));
        if (until && (!longest || *until > longest->until)) longest = BudgetWait{line, *until};
      }
      if (longest) return Done{};
      CHECK_OK(db.run("DELETE FROM issuer_usage WHERE at < ?", now - kUsageKept));
      for (const BudgetLine& line : lines) {
        for (int i = 0; i < line.amount; ++i) CHECK_OK(insert_use(db, issuer, line.kind, line.scope, now));
      }
      return Done{};
    });
    CHECK_OK(written);
    return longest;
  }

 private:
  static Status insert_use(Database& db, std::string_view issuer, std::string_view kind,
                           std::string_view scope, Instant at) {
    CHECK_OK(db.run("INSERT INTO issuer_usage (issuer, kind, scope, at) VALUES (?, ?, ?, ?)", issuer, kind,
                    scope, at));
    return Done{};
  }

  // When `line` has room; nothing if it has it now. The window slides: there is room again as soon as the use
  // that stands in the way, counted from the newest, is older than it.
  static Result<std::optional<Instant>> full_until(Database& db, std::string_view issuer,
                                                   const BudgetLine& line, Instant now) {
    const int wanted = std::min(line.amount, line.limit);
    TRY(const auto at,
        db.number("SELECT at FROM issuer_usage"
                  " WHERE issuer = ? AND kind = ? AND scope = ? AND at > ?"
                  " ORDER BY at DESC LIMIT 1 OFFSET ?",
                  issuer, line.kind, line.scope, now - line.window, std::int64_t{line.limit - wanted}));
    if (!at) return std::optional<Instant>();
    return std::optional(from_unix_ms(*at) + line.window);
  }

  const Core& core_;
};

}  // namespace

std::unique_ptr<Issuers> make_issuers(const Core& core) { return std::make_unique<SqliteIssuers>(core); }

}  // namespace certstead::sqlite

#include "base/text.h"
#include "store/sqlite/faces.h"
#include "store/sqlite/revised.h"

namespace certstead::sqlite {
namespace {

std::string taken(const DnsAccount& account) {
  return "there is a DNS account named \"" + printable(account.name, 100) + "\" already; choose another name";
}

// How many rows `sql` counts for `name`; kConflict with `sentence` after their number if there are any.
Status refuse_used(Database& db, std::string_view sql, std::string_view name, const std::string& sentence) {
  TRY(const auto users, db.number(sql, name));
  if (users.value_or(0) == 0) return Done{};
  return conflict(std::to_string(*users) + " " + sentence, "in-use");
}

class SqliteDnsAccounts final : public DnsAccounts {
 public:
  explicit SqliteDnsAccounts(const Core& core) : core_(core) {}

  Status create_dns_account(const DnsAccount& account, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(explain_taken(insert(transaction.db, account), taken(account)));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<std::int64_t> update_dns_account(const DnsAccount& account, const AuditNote& note) override {
    return update_revised(core_, account, "DNS account", taken(account), note);
  }

  Result<DnsAccount> find_dns_account(std::string_view name) override {
    return core_.readers.read([&](Database& db) {
      return expect_found(select_one<DnsAccount>(db, "WHERE name = ?", name), "DNS account", name);
    });
  }

  Result<std::vector<DnsAccount>> list_dns_accounts() override {
    return core_.readers.read([&](Database& db) { return select<DnsAccount>(db, "ORDER BY name"); });
  }

  Status delete_dns_account(std::string_view name, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      Database& db = transaction.db;
      CHECK_OK(
          refuse_used(db, "SELECT count(*) FROM dns_records WHERE account = ?", name,
                      "record(s) that this account wrote are still to be taken away; `certstead dns show` "
                      "says why, and disabling the account lets nothing new begin"));
      TRY(const std::int64_t removed, db.run("DELETE FROM dns_accounts WHERE name = ?", name));
      if (removed == 0) return no_such("DNS account", name);
      transaction.write_audit(note);
      return Done{};
    });
  }

  Status put_dns_definition(const DnsDefinition& definition, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      Database& db = transaction.db;
      TRY(const auto stored,
          db.number("SELECT revision FROM dns_definitions WHERE name = ?", definition.name));
      DnsDefinition next = definition;
      next.revision = stored.value_or(0) + 1;
      CHECK_OK(insert_or_replace(db, next));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<DnsDefinition> find_dns_definition(std::string_view name) override {
    return core_.readers.read([&](Database& db) {
      return expect_found(select_one<DnsDefinition>(db, "WHERE name = ?", name), "DNS provider definition",
                          name);
    });
  }

  Result<std::vector<DnsDefinition>> list_dns_definitions() override {
    return core_.readers.read([&](Database& db) { return select<DnsDefinition>(db, "ORDER BY name"); });
  }

  Status delete_dns_definition(std::string_view name, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      Database& db = transaction.db;
      CHECK_OK(refuse_used(db, "SELECT count(*) FROM dns_accounts WHERE provider = ?", name,
                           "DNS account(s) use this definition; remove them first"));
      TRY(const std::int64_t removed, db.run("DELETE FROM dns_definitions WHERE name = ?", name));
      if (removed == 0) return no_such("DNS provider definition", name);
      transaction.write_audit(note);
      return Done{};
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<DnsAccounts> make_dns_accounts(const Core& core) {
  return std::make_unique<SqliteDnsAccounts>(core);
}

}  // namespace certstead::sqlite

#include "base/text.h"
#include "store/sqlite/faces.h"
#include "store/sqlite/revised.h"

namespace certstead::sqlite {
namespace {

std::string taken(const Account& account) {
  return "the issuer \"" + printable(account.issuer, 100) + "\" has an account named \"" +
         printable(account.name, 100) + "\" already; choose another name";
}

class SqliteAccounts final : public Accounts {
 public:
  explicit SqliteAccounts(const Core& core) : core_(core) {}

  Status create_account(const Account& account, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(explain_taken(insert(transaction.db, account), taken(account)));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<std::int64_t> update_account(const Account& account, const AuditNote& note) override {
    return update_revised(core_, account, "account", taken(account), note);
  }

  Result<Account> find_account(std::string_view issuer, std::string_view name) override {
    return core_.readers.read([&](Database& db) {
      return expect_found(select_one<Account>(db, "WHERE issuer = ? AND name = ?", issuer, name), "account",
                          name);
    });
  }

  Result<std::vector<Account>> list_accounts() override {
    return core_.readers.read([&](Database& db) { return select<Account>(db, "ORDER BY issuer, name"); });
  }

  Status delete_account(std::string_view issuer, std::string_view name, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      Database& db = transaction.db;
      TRY(const auto users,
          db.number("SELECT count(*) FROM credential_sets WHERE issuer = ? AND account = ?", issuer, name));
      if (users.value_or(0) > 0) {
        return conflict("the account \"" + printable(name, 100) + "\" is used by " + std::to_string(*users) +
                            " credential set(s); give them another account first",
                        "in-use");
      }
      TRY(const std::int64_t removed,
          db.run("DELETE FROM accounts WHERE issuer = ? AND name = ?", issuer, name));
      if (removed == 0) return no_such("account", name);
      transaction.write_audit(note);
      return Done{};
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<Accounts> make_accounts(const Core& core) { return std::make_unique<SqliteAccounts>(core); }

}  // namespace certstead::sqlite

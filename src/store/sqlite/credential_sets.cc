#include "base/text.h"
#include "store/sqlite/faces.h"
#include "store/sqlite/set_rows.h"

namespace certstead::sqlite {
namespace {

std::string taken(const CredentialSet& set) {
  return "a credential set named \"" + printable(set.name, 100) + "\" exists already; choose another name";
}

class SqliteCredentialSets final : public CredentialSets {
 public:
  explicit SqliteCredentialSets(const Core& core) : core_(core) {}

  Status create_set(const CredentialSet& set, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(insert_set(transaction, set));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<std::int64_t> update_set(const CredentialSet& set, const AuditNote& note) override {
    const Status written = core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const CredentialSet before, replace_set(transaction, set));
      if (before.members != set.members || before.tags != set.tags || before.name != set.name) {
        transaction.tell_feed(kFeedSet, set.id);
      }
      transaction.write_audit(note);
      return Done{};
    });
    CHECK_OK(written);
    return set.revision + 1;
  }

  Result<CredentialSet> find_set(std::string_view id) override {
    return core_.readers.read([&](Database& db) {
      return expect_found(select_one<CredentialSet>(db, "WHERE id = ?", id), "credential set", id);
    });
  }

  Result<CredentialSet> find_set_by_name(std::string_view name) override {
    return core_.readers.read([&](Database& db) {
      return expect_found(select_one<CredentialSet>(db, "WHERE name = ?", name), "credential set", name);
    });
  }

  Result<std::vector<CredentialSet>> list_sets(std::string_view after, std::size_t limit) override {
    return core_.readers.read([&](Database& db) {
      return select<CredentialSet>(db, "WHERE name > ? ORDER BY name LIMIT ?", after, row_limit(limit));
    });
  }

  Result<std::vector<CredentialSet>> sets_due(Instant now, std::size_t limit) override {
    return core_.readers.read([&](Database& db) {
      return select<CredentialSet>(db, "WHERE due_at <= ? ORDER BY due_at LIMIT ?", now, row_limit(limit));
    });
  }

  Status delete_set(std::string_view id, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      Database& db = transaction.db;
      TRY(const std::int64_t removed, db.run("DELETE FROM credential_sets WHERE id = ?", id));
      if (removed == 0) return no_such("credential set", id);
      CHECK_OK(remove_orders(transaction, db.query("SELECT id FROM orders WHERE set_id = ?", id)));
      CHECK_OK(
          db.run("UPDATE credential_versions SET state = 'archived', ended = ?"
                 " WHERE set_id = ? AND state = 'active'",
                 transaction.now, id));
      transaction.tell_feed(kFeedSet, id, true);
      transaction.write_audit(note);
      return Done{};
    });
  }

 private:
  const Core& core_;
};

}  // namespace

Status insert_set(Transaction& transaction, const CredentialSet& set) {
  return explain_taken(insert(transaction.db, set), taken(set));
}

Result<CredentialSet> replace_set(Transaction& transaction, const CredentialSet& set) {
  auto stored = select_one<CredentialSet>(transaction.db, "WHERE id = ?", set.id);
  TRY(CredentialSet before, expect_found(std::move(stored), "credential set", set.id));
  if (before.revision != set.revision) return stale_revision("credential set", before.name);
  CredentialSet next = set;
  next.revision = set.revision + 1;
  const auto updated = update(transaction.db, next);
  if (!updated) CHECK_OK(explain_taken(updated.error(), taken(set)));
  return before;
}

std::unique_ptr<CredentialSets> make_credential_sets(const Core& core) {
  return std::make_unique<SqliteCredentialSets>(core);
}

}  // namespace certstead::sqlite

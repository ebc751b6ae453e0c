#include "base/text.h"
#include "store/sqlite/set_rows.h"

namespace certstead::sqlite {
namespace {

Status add_active(Transaction& transaction, CredentialVersion version) {
  version.state = VersionState::kActive;
  CHECK_OK(explain_taken(insert(transaction.db, version),
                         "version " + std::to_string(version.version) + " (" +
                             std::string(key_type_name(version.key_type)) +
                             ") of this credential set has been activated already; read the set again"));
  CHECK_OK(transaction.db.run("UPDATE credential_versions SET expires = ? WHERE id = ?",
                              version.facts.not_after, version.id));
  return remove_orders(
      transaction,
      transaction.db.query("SELECT id FROM orders WHERE set_id = ? AND version = ? AND key_type = ?",
                           version.set_id, version.version, key_type_name(version.key_type)));
}

class SqliteBulkActivation final : public BulkActivation {
 public:
  explicit SqliteBulkActivation(const Core& core) : core_(core) {}

  std::vector<Status> activate_many(const std::vector<Activation>& activations) override {
    std::vector<Status> out;
    const Status done = core_.writer.apply([&](Transaction& whole) -> Status {
      out.clear();
      const CredentialSet* last = nullptr;
      for (const Activation& one : activations) {
        CHECK_OK(guarded(whole, one, out.emplace_back()));
        if (out.back()) last = &one.set;
      }
      // The writer announces the head of the feed that the operation as a whole has moved.
      if (last != nullptr) whole.tell_feed(kFeedSet, last->id);
      return Done{};
    });
    if (!done) out.assign(activations.size(), done);
    return out;
  }

 private:
  // Under a savepoint of its own; an Error here is one of the whole.
  static Status guarded(Transaction& whole, const Activation& one, Status& status) {
    CHECK_OK(whole.db.run("SAVEPOINT activation"));
    Transaction part(whole.db, whole.now);
    status = activate_one(part, one);
    if (status) {
      const auto told = part.finish();
      if (!told) status = told.error();
    }
    if (!whole.db.in_transaction())
      return status ? internal("an activation ended its transaction") : status.error();
    if (!status) CHECK_OK(whole.db.run("ROLLBACK TO activation"));
    CHECK_OK(whole.db.run("RELEASE activation"));
    return Done{};
  }

  static Status activate_one(Transaction& transaction, const Activation& one) {
    CHECK_OK(check_fresh(one.set, one.fresh));
    if (one.create) {
      CHECK_OK(insert_set(transaction, one.set));
    } else {
      CHECK_OK(replace_set(transaction, one.set));
    }
    return replace_active(transaction, one.set, one.fresh, one.keep_other_types, one.note);
  }

  const Core& core_;
};

}  // namespace

Status check_fresh(const CredentialSet& set, const std::vector<CredentialVersion>& fresh) {
  if (fresh.empty()) return invalid("there is no credential to activate", "nothing-fresh");
  for (const CredentialVersion& version : fresh) {
    if (version.set_id != set.id) {
      return invalid("the credential " + printable(version.id, 60) + " belongs to another set than \"" +
                         printable(set.name, 100) + "\"",
                     "other-set");
    }
  }
  return Done{};
}

Status replace_active(Transaction& transaction, const CredentialSet& set,
                      const std::vector<CredentialVersion>& fresh, bool keep_other_types,
                      const AuditNote& note) {
  constexpr std::string_view kArchive =
      "UPDATE credential_versions SET state = 'archived', ended = ?1 WHERE set_id = ?2 AND state = 'active'";
  if (!keep_other_types) CHECK_OK(transaction.db.run(kArchive, transaction.now, set.id));
  for (const CredentialVersion& version : fresh) {
    if (keep_other_types) {
      CHECK_OK(transaction.db.run(std::string(kArchive) + " AND key_type = ?3", transaction.now, set.id,
                                  key_type_name(version.key_type)));
    }
    CHECK_OK(add_active(transaction, version));
  }
  transaction.tell_feed(kFeedSet, set.id);
  transaction.write_audit(note);
  return Done{};
}

std::unique_ptr<BulkActivation> make_bulk_activation(const Core& core) {
  return std::make_unique<SqliteBulkActivation>(core);
}

}  // namespace certstead::sqlite

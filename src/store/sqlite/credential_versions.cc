#include "base/text.h"
#include "store/sqlite/faces.h"
#include "store/sqlite/set_rows.h"

namespace certstead::sqlite {
namespace {

class SqliteCredentialVersions final : public CredentialVersions {
 public:
  explicit SqliteCredentialVersions(const Core& core) : core_(core) {}

  Status activate(const CredentialSet& set, const std::vector<CredentialVersion>& fresh,
                  std::string_view job_id, std::int64_t fence, const AuditNote& note) override {
    CHECK_OK(check_fresh(set, fresh));
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(check_fence(transaction.db, job_id, fence));
      CHECK_OK(replace_set(transaction, set));
      return replace_active(transaction, set, fresh, false, note);
    });
  }

  Result<std::vector<CredentialVersion>> versions(std::string_view set_id) override {
    return core_.readers.read([&](Database& db) {
      return select<CredentialVersion>(
          db, "WHERE set_id = ? ORDER BY state = 'active' DESC, version DESC, key_type", set_id);
    });
  }

  Result<std::vector<CredentialVersion>> active_versions(std::string_view set_id) override {
    return core_.readers.read([&](Database& db) {
      return select<CredentialVersion>(db, "WHERE set_id = ? AND state = 'active' ORDER BY key_type", set_id);
    });
  }

  Result<std::vector<CredentialVersion>> all_active(std::string_view after, std::size_t limit) override {
    return core_.readers.read([&](Database& db) {
      return select<CredentialVersion>(db, "WHERE state = 'active' AND id > ? ORDER BY id LIMIT ?", after,
                                       row_limit(limit));
    });
  }

  Status mark_revoked(std::string_view version_id, int reason, Instant at, const AuditNote& note) override {
    return change(version_id, note,
                  "UPDATE credential_versions SET state = 'revoked', revocation_reason = ?2,"
                  " ended = CASE state WHEN 'revoked' THEN ended ELSE ?3 END WHERE id = ?1 RETURNING set_id",
                  std::int64_t{reason}, at);
  }

  Status replace_chains(std::string_view set_id, const std::vector<NewChain>& chains,
                        const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const auto orders, transaction.db.number("SELECT count(*) FROM orders WHERE set_id = ?", set_id));
      if (orders.value_or(0) > 0) {
        return conflict("a renewal of this set is under way, and brings a chain of its own", "set-busy");
      }
      for (const NewChain& chain : chains) CHECK_OK(replace_chain(transaction.db, set_id, chain));
      transaction.tell_feed(kFeedSet, set_id);
      transaction.write_audit(note);
      return Done{};
    });
  }

  Status set_grants(std::string_view version_id, const std::vector<Grant>& grants,
                    const AuditNote& note) override {
    return change(version_id, note,
                  "UPDATE credential_versions SET grants = ?2 WHERE id = ?1 RETURNING set_id", pack(grants));
  }

  Result<std::size_t> prune_versions(Instant before, std::size_t limit) override {
    std::int64_t gone = 0;
    const Status written = core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(fill_expiry(transaction.db, limit));
      TRY(gone, transaction.db.run(
                    "DELETE FROM credential_versions WHERE id IN ("
                    "SELECT id FROM credential_versions AS old WHERE state <> 'active' AND expires < ?"
                    " AND (version < (SELECT max(version) FROM credential_versions WHERE set_id = old.set_id)"
                    " OR NOT EXISTS (SELECT 1 FROM credential_sets WHERE id = old.set_id)) LIMIT ?)",
                    before, row_limit(limit)));
      return Done{};
    });
    CHECK_OK(written);
    return static_cast<std::size_t>(gone);
  }

 private:
  // Versions from before the column was there: it repeats what the facts say.
  static Status fill_expiry(Database& db, std::size_t limit) {
    TRY(const auto old, select<CredentialVersion>(db, "WHERE state <> 'active' AND expires IS NULL LIMIT ?",
                                                  row_limit(limit)));
    for (const CredentialVersion& version : old) {
      CHECK_OK(db.run("UPDATE credential_versions SET expires = ? WHERE id = ?", version.facts.not_after,
                      version.id));
    }
    return Done{};
  }

  // `sql` changes the version ?1 and returns its set's id, of which the feed is told.
  template <class... A>
  Status change(std::string_view version_id, const AuditNote& note, std::string_view sql,
                const A&... arguments) {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(Query query, transaction.db.query(sql, version_id, arguments...));
      TRY(const bool found, query.next());
      if (!found) return no_such("credential version", version_id);
      transaction.tell_feed(kFeedSet, query.row().text());
      transaction.write_audit(note);
      return query.run();
    });
  }

  static Status replace_chain(Database& db, std::string_view set_id, const NewChain& chain) {
    if (chain.before.empty() || chain.chain.empty() || chain.before.front() != chain.chain.front()) {
      return invalid("a new chain must begin with the certificate of the old one", "other-leaf");
    }
    TRY(const std::int64_t changed,
        db.run("UPDATE credential_versions SET chain = ?4, version = ?5, signer = ?6, signature = ?7"
               " WHERE id = ?1 AND set_id = ?2 AND chain = ?3 AND state = 'active' AND version < ?5",
               chain.version_id, set_id, pack(chain.before), pack(chain.chain), chain.version, chain.signer,
               chain.signature));
    if (changed == 1) return Done{};
    return conflict(
        "the credential " + printable(chain.version_id, 60) + " has changed meanwhile; read it again",
        "version-changed");
  }

  const Core& core_;
};

}  // namespace

std::unique_ptr<CredentialVersions> make_credential_versions(const Core& core) {
  return std::make_unique<SqliteCredentialVersions>(core);
}

}  // namespace certstead::sqlite

#include "store/sqlite/faces.h"

namespace certstead::sqlite {
namespace {

// What every member has seen the end of need not be told any more. Removed sets stay listed: a member that
// comes back with an old replica must hear of them, while an old answer to a challenge does no harm.
Status forget_withdrawn_challenges(Database& db) {
  CHECK_OK(
      db.run("DELETE FROM feed_items INDEXED BY feed_items_withdrawn WHERE kind = 'challenge' AND gone = 1"
             " AND seq <= (SELECT min(applied_seq) FROM members WHERE role = 'member')"));
  return Done{};
}

class SqliteMembers final : public Members {
 public:
  explicit SqliteMembers(const Core& core) : core_(core) {}

  Status put_member(const MemberRecord& member, const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(insert_or_replace(transaction.db, member));
      transaction.write_audit(note);
      return Done{};
    });
  }

  Result<std::vector<MemberRecord>> list_members() override {
    return core_.readers.read([&](Database& db) { return select<MemberRecord>(db, "ORDER BY name, id"); });
  }

  Result<MemberRecord> find_member(std::string_view id) override {
    return core_.readers.read([&](Database& db) {
      return expect_found(select_one<MemberRecord>(db, "WHERE id = ?", id), "member", id);
    });
  }

  Status report_applied(std::string_view id, std::int64_t seq, Instant at) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const std::int64_t changed,
          transaction.db.run("UPDATE members SET applied_seq = ?, last_seen = ? WHERE id = ?", seq, at, id));
      if (changed == 0) return no_such("member", id);
      return forget_withdrawn_challenges(transaction.db);
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<Members> make_members(const Core& core) { return std::make_unique<SqliteMembers>(core); }

}  // namespace certstead::sqlite

#include "store/sqlite/audit_chain.h"
#include "store/sqlite/faces.h"

namespace certstead::sqlite {
namespace {

constexpr std::size_t kPage = 1000;

struct Head {
  std::string store_id, hash;
  std::int64_t number = 0;
};

Result<Head> read_head(Database& db) {
  TRY(Query query, db.query("SELECT store_id, audit_hash, audit_number FROM head"));
  TRY(const bool found, query.next());
  if (!found) return denied("the head of the audit log is missing; restore the store from a backup", "audit");
  Row row = query.row();
  Head out;
  out.store_id = row.text();
  out.hash = row.text();
  out.number = row.number();
  return out;
}

Result<std::vector<AuditRecord>> page_after(Database& db, std::int64_t after, std::size_t limit) {
  return select<AuditRecord>(db, "WHERE number > ? ORDER BY number LIMIT ?", after, row_limit(limit));
}

// Checks one record behind `link`, which it then becomes.
Status follow(AuditRecord& link, AuditRecord&& record) {
  if (record.number != link.number + 1) {
    return denied(
        "audit record " + std::to_string(link.number + 1) + " is missing: the log was tampered with",
        "audit");
  }
  if (record.hash != audit_hash(link.hash, record)) {
    return denied("audit record " + std::to_string(record.number) +
                      " does not fit into the chain: it, or one before it, was changed",
                  "audit");
  }
  link = std::move(record);
  return Done{};
}

Result<std::int64_t> verify(Database& db) {
  TRY(const Head head, read_head(db));
  AuditRecord link;
  link.hash = audit_origin(head.store_id);
  for (;;) {
    TRY(std::vector<AuditRecord> page, page_after(db, link.number, kPage));
    for (AuditRecord& record : page) CHECK_OK(follow(link, std::move(record)));
    if (page.size() < kPage) break;
  }
  if (link.number < head.number) {
    return denied("audit records " + std::to_string(link.number + 1) + " to " + std::to_string(head.number) +
                      " are missing at the end: the log was tampered with",
                  "audit");
  }
  if (link.number > head.number || link.hash != head.hash) {
    return denied("the head of the audit log does not fit its last record: one of both was changed", "audit");
  }
  return link.number;
}

class SqliteAudit final : public Audit {
 public:
  explicit SqliteAudit(const Core& core) : core_(core) {}

  Result<std::vector<AuditRecord>> audit_after(std::int64_t after, std::size_t limit) override {
    return core_.readers.read([&](Database& db) { return page_after(db, after, limit); });
  }

  Result<std::int64_t> verify_audit() override { return core_.readers.read_at_once(verify); }

  Status add_audit(const AuditNote& note) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      transaction.write_audit(note);
      return Done{};
    });
  }

 private:
  const Core& core_;
};

}  // namespace

std::unique_ptr<Audit> make_audit(const Core& core) { return std::make_unique<SqliteAudit>(core); }

}  // namespace certstead::sqlite

#include "store/sqlite/transaction.h"

#include "store/sqlite/audit_chain.h"
#include "store/sqlite/records.h"

namespace certstead::sqlite {

void Transaction::tell_feed(std::string_view kind, std::string_view object, bool gone) {
  told_.push_back({std::string(kind), std::string(object), gone});
}

Result<std::int64_t> Transaction::finish() {
  if (told_.empty() && notes_.empty()) return std::int64_t{0};
  std::int64_t seq = 0;
  AuditRecord link;
  {
    TRY(Query head, db.query("SELECT seq, audit_number, audit_hash FROM head"));
    TRY(const bool found, head.next());
    if (!found) return internal("the store has lost its head row; restore it from a backup", "store-damaged");
    Row row = head.row();
    seq = row.number();
    link.number = row.number();
    link.hash = row.text();
  }
  for (const Told& told : told_) {
    CHECK_OK(
        db.run("INSERT INTO feed_items (kind, object, seq, gone) VALUES (?, ?, ?, ?)"
               " ON CONFLICT (kind, object) DO UPDATE SET seq = excluded.seq, gone = excluded.gone",
               told.kind, told.object, ++seq, std::int64_t{told.gone}));
  }
  for (const AuditNote& note : notes_) {
    ++link.number;
    link.at = now;
    link.note = note;
    link.hash = audit_hash(link.hash, link);
    CHECK_OK(insert(db, link));
  }
  CHECK_OK(db.run("UPDATE head SET seq = ?, audit_number = ?, audit_hash = ?", seq, link.number, link.hash));
  return seq;
}

}  // namespace certstead::sqlite

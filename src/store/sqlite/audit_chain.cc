#include "store/sqlite/audit_chain.h"

#include "base/codec.h"
#include "crypto/digest.h"

namespace certstead::sqlite {

std::string audit_origin(std::string_view store_id) {
  return sha256_hex(Encoder().text("certstead audit").text(store_id).out());
}

std::string audit_hash(std::string_view previous, const AuditRecord& record) {
  Encoder link;
  link.text(previous).i64(record.number).i64(to_unix_ms(record.at));
  link.text(record.note.actor).text(record.note.action);
  link.text(record.note.object).text(record.note.detail);
  return sha256_hex(link.out());
}

}  // namespace certstead::sqlite

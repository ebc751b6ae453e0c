// The arithmetic of the audit chain. Pure.
#pragma once

#include "model/audit.h"

namespace certstead::sqlite {

// What stands before the first record: bound to the store, so that one store's log can't pass for another's.
std::string audit_origin(std::string_view store_id);
// The hash of `record` (its own `hash` is not looked at) behind `previous`, hex.
std::string audit_hash(std::string_view previous, const AuditRecord& record);

}  // namespace certstead::sqlite

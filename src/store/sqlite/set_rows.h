// Writing a credential set, as both sets and versions do it.
#pragma once

#include "store/sqlite/core.h"

namespace certstead::sqlite {

// Replaces the record if `set.revision` is the stored one, which it raises by one. kNotFound, kConflict
// (stale revision, name taken). Yields what was stored before.
Result<CredentialSet> replace_set(Transaction& transaction, const CredentialSet& set);

}  // namespace certstead::sqlite

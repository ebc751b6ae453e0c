// Writing a credential set, as both sets and versions do it.
#pragma once

#include "model/bulk_activation.h"
#include "store/sqlite/core.h"

namespace certstead::sqlite {

// Adds a new set. kConflict if its name is taken.
Status insert_set(Transaction& transaction, const CredentialSet& set);

// Replaces the record if `set.revision` is the stored one, which it raises by one. kNotFound, kConflict
// (stale revision, name taken). Yields what was stored before.
Result<CredentialSet> replace_set(Transaction& transaction, const CredentialSet& set);

// Archives the active versions of `set` (with `keep_other_types` those of the key types in `fresh`) and makes
// `fresh` the active ones; tells feed and audit.
Status replace_active(Transaction& transaction, const CredentialSet& set,
                      const std::vector<CredentialVersion>& fresh, bool keep_other_types,
                      const AuditNote& note);
// kInvalid unless `fresh` has something, all of it of that set.
Status check_fresh(const CredentialSet& set, const std::vector<CredentialVersion>& fresh);

// The face for many at once.
std::unique_ptr<BulkActivation> make_bulk_activation(const Core& core);

}  // namespace certstead::sqlite

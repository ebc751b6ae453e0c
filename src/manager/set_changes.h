// Changing a set that others may change too, and starting its jobs. Shared by the use cases and the executor.
#pragma once

#include <functional>

#include "manager/context.h"

namespace certstead {

// kInvalid ("set-name") unless `name` can be what a set is called.
Status check_set_name(std::string_view name);

// Reads the set, lets `change` edit it, stores it; again with fresh data if somebody was faster (at most 8
// times).
Result<CredentialSet> change_set(const Context& context, std::string_view set_id,
                                 const std::function<void(CredentialSet&)>& change, const AuditNote& note);

// Makes the job that gets new certificates for `set` (or finds the unfinished one) and marks the set pending
// or renewing. `argument`, as in Job: "" (whatever is missing), "forced" (new certificates in any
// case), "fresh-key" (and whatever the set says about re-using keys).
Result<std::string> start_issue(const Context& context, const CredentialSet& set, std::string_view argument,
                                Instant run_at, const AuditNote& note);

}  // namespace certstead

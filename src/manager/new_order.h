// An order for one key type of a set, before anything of it has been done.
#pragma once

#include <vector>

#include "model/credential.h"
#include "model/job.h"
#include "model/order.h"

namespace certstead {

// `versions` are those that the set has. The CA will be told which of them the order replaces (RFC 9773
// section 5) only if it issued that itself, to this account. Version and time are the caller's to set.
Order new_order(const CredentialSet& set, const Job& job, KeyType type,
                const std::vector<CredentialVersion>& versions);

}  // namespace certstead

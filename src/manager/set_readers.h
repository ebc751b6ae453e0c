// Who the keys of a set are granted to.
#pragma once

#include "manager/context.h"

namespace certstead {

// The members with access to `set`, and the export identity if the set is exportable: for Sealer::seal() of a
// key that is made or brought in now. kNotFound ("export-not-set-up") if it is exportable and there is no
// export identity.
Result<std::vector<Recipient>> readers_of_set(const Context& context, const CredentialSet& set);
// Those of `members` that have access to `set`, as recipients.
std::vector<Recipient> recipients_among(const std::vector<MemberRecord>& members, const CredentialSet& set);
// The members alone, for secrets that no person may take out.
Result<std::vector<Recipient>> members_of_set(const Context& context, const CredentialSet& set);
// Whether a person with the export password can take out what has these grants.
bool granted_to_export(const std::vector<Grant>& grants);

}  // namespace certstead

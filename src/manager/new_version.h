// A version of a credential as it goes into the store: with grants for all who may read it, and signed.
#pragma once

#include "manager/context.h"
#include "model/order.h"

namespace certstead {

// What the finished `order` of `set` has brought, signed; grants that `readers` are missing are added. Reads
// the certificate's facts, and opens the key if there are grants to be added.
Result<CredentialVersion> version_from(const Context& context, const CredentialSet& set, const Order& order,
                                       const std::vector<Recipient>& readers);
// Signs `version` as the members will get it: after the last change of anything in it.
Status sign_version(const Context& context, const CredentialSet& set, CredentialVersion& version);

}  // namespace certstead

// The secrets of a DNS account as they are sealed: names and values in one piece.
#pragma once

#include "model/dns_provider.h"
#include "model/sealer.h"

namespace certstead {

// Seals all of them as version `version` of the account's secrets.
Result<Sealed> seal_dns_secrets(Sealer& sealer, std::string_view account_id, std::int64_t version,
                                const DnsSecrets& secrets);
// Opens those of `account`; nothing where it has none. kDenied if what is stored there was made for another
// account.
Result<DnsSecrets> open_dns_secrets(Sealer& sealer, const DnsAccount& account);
DnsSecrets clone(const DnsSecrets& secrets);

}  // namespace certstead

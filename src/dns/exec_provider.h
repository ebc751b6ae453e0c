// The provider `exec`: a program of the administrator's changes the records.
#pragma once

#include <memory>

#include "model/dns_provider.h"

namespace certstead {

// Runs PROGRAM present|cleanup "NAME." VALUE with a fixed argv and no shell, as lego does, and with
// CERTBOT_DOMAIN and CERTBOT_VALIDATION (at clean-up also CERTBOT_AUTH_OUTPUT, what `present` printed) in its
// environment, as certbot does. Exit 0 is success.
DnsProviderFacts exec_facts();
// kInvalid for a program that is not named by its full path.
Result<std::unique_ptr<DnsProvider>> open_exec(const DnsAccount& account, const DnsSecrets& secrets,
                                               DnsTrace trace);

}  // namespace certstead

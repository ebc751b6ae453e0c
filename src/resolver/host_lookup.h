// Addresses of a host that an administrator names: as the system knows it, /etc/hosts included.
#pragma once

#include "base/clock.h"
#include "resolver/dns_server.h"

namespace certstead {

// Each address of `host`, itself an address or a name, with `port`. kUnavailable, with id "dns-no-address",
// if it has none or the system does not find out in time; the system's search, which can't be stopped, then
// ends by itself.
Result<std::vector<DnsServer>> find_host(const HostAndPort& host, Deadline deadline);

}  // namespace certstead

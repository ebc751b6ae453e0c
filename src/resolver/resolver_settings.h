// Whom the DNS is asked through.
#pragma once

#include <map>
#include <vector>

#include "base/clock.h"
#include "net/egress_policy.h"
#include "resolver/dns_server.h"

namespace certstead {

enum class IpFamilies { kBoth, kV4, kV6 };

struct ResolverSettings {
  std::vector<DnsServer> resolvers;  // empty: those of /etc/resolv.conf
  // Authoritative servers that are reached elsewhere than the DNS says: by name, in lower case without a dot
  // at its end, or by address. They and the resolvers are the administrator's choice and may be anywhere.
  std::map<std::string, DnsServer> elsewhere = {};
  IpFamilies families = IpFamilies::kBoth;
  EgressPolicy egress = {};                     // for servers whose addresses the DNS names
  Duration patience = std::chrono::seconds{4};  // for one server's answer
  std::size_t at_once = 16;                     // servers that are waited for at the same time
};

// The same as a person writes it; each list is separated by blanks or commas, each text may be empty.
struct ResolverTexts {
  std::string resolvers;         // "192.0.2.53, [2001:db8::53]:5353"
  std::string elsewhere;         // "ns1.example.test=127.0.0.1:5353, 192.0.2.1=10.0.0.1"
  std::string families;          // "both", "v4", "v6"
  std::string allowed_networks;  // CIDRs beyond the public internet where authoritative servers may be
};
// Error: kInvalid, naming the part.
Result<ResolverSettings> parse_resolver_settings(const ResolverTexts& texts);

// The servers that a resolv.conf names; the local host if it names none.
std::vector<DnsServer> parse_resolv_conf(std::string_view text);

}  // namespace certstead

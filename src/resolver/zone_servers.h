// The authoritative servers of a zone.
#pragma once

#include <memory>

#include "resolver/dns_resolvers.h"
#include "resolver/resolver_settings.h"

namespace certstead {

// One address of one server.
struct ZoneServer {
  std::string name;
  std::optional<DnsServer> at;
  bool chosen = false;  // its place stands in the settings
  std::string problem;  // why it has no address

  std::string text() const;  // "ns1.example.net 192.0.2.53"
};

// Safe from any thread.
class ZoneServers {
 public:
  // Both must outlive it.
  ZoneServers(const ResolverSettings& settings, const DnsResolvers& resolvers)
      : settings_(settings),
        resolvers_(resolvers),
        found_client_(settings.egress),
        chosen_client_(EgressPolicy::anywhere()) {}

  // All addresses of all servers of the zone whose apex `zone` is. kUnavailable if nobody can name any.
  Result<std::vector<ZoneServer>> of(const DnsName& zone, Deadline deadline) const;
  // Asks one of them itself, without recursion.
  Result<DnsMessage> ask(const ZoneServer& server, const DnsName& name, DnsType type,
                         Deadline deadline) const;

 private:
  void add_addresses(const DnsName& server, DnsType type, Deadline deadline,
                     std::vector<ZoneServer>& out) const;
  std::vector<ZoneServer> places(const DnsName& server, Deadline deadline) const;

  const ResolverSettings& settings_;
  const DnsResolvers& resolvers_;
  DnsClient found_client_, chosen_client_;
};

// Why `reply` says nothing about names of `zone`; "" if it does.
std::string authority_problem(const Result<DnsMessage>& reply, const DnsName& zone);
// Where the answer points for `name`: by its CNAME, or by a DNAME above it.
std::optional<DnsName> alias_of(const DnsMessage& reply, const DnsName& name);
// The apex that an answer about `name` shows: the name itself, or the zone that says there is nothing there.
std::optional<DnsName> apex_in(const DnsMessage& reply, const DnsName& name);

}  // namespace certstead

// Where names stand in the DNS, and what its authoritative servers show there.
#pragma once

#include "model/dns_provider.h"
#include "resolver/zone_servers.h"

namespace certstead {

// Zones are found through the resolvers; records are then asked for at the servers of the zone themselves,
// all at the same time. Safe from any thread.
class ZoneWalk final : public DnsNames {
 public:
  explicit ZoneWalk(ResolverSettings settings);

  // An alias is believed of the zone's own server rather than of the resolver, which may remember an older
  // answer; where no such server can be reached, of the resolver. One that only a wildcard makes
  // ("*.example.com CNAME cdn.example") is not followed: a record at the name itself takes its place (RFC
  // 4592 section 2.2.1).
  Result<DnsPlace> locate(std::string_view name, Deadline deadline) override;
  // A server that can't be asked because this host has no route to its family of addresses does not count,
  // unless there is no other. With the resolver: those that are silent do not count, unless all are.
  Result<DnsPropagation> look(const TxtRecord& record, DnsPropagationMode mode, Deadline deadline) override;
  Result<std::vector<DnsServerRecords>> read(std::string_view name, std::string_view zone, DnsRecordType type,
                                             DnsPropagationMode mode, Deadline deadline) override;

 private:
  struct Zone {
    DnsName apex;
    std::optional<DnsName> alias;  // of the name whose zone it is, as the resolver has it
  };
  // What one server said.
  struct Asked {
    std::string server;
    DnsMessage reply;
    std::string problem;  // why the reply says nothing
    bool counts = true;
  };
  Result<Zone> find_zone(const DnsName& name, Deadline deadline) const;
  std::optional<DnsName> find_alias(const DnsName& name, const Zone& zone, Deadline deadline) const;
  bool is_from_wildcard(const DnsName& name, const DnsName& alias, const DnsName& apex,
                        const ZoneServer& server, Deadline deadline) const;
  // `zone` may be "": it is found then.
  Result<std::vector<Asked>> ask_all(const DnsName& name, std::string_view zone, DnsType type,
                                     DnsPropagationMode mode, Deadline deadline) const;
  Result<std::vector<Asked>> ask_zone(const DnsName& name, const DnsName& apex, DnsType type,
                                      Deadline deadline) const;
  std::vector<Asked> ask_resolvers(const DnsName& name, DnsType type, Deadline deadline) const;

  ResolverSettings settings_;
  DnsResolvers resolvers_;
  ZoneServers servers_;
};

}  // namespace certstead

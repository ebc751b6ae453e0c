// Recursive resolvers: they look things up for us, and remember them.
#pragma once

#include <atomic>

#include "resolver/dns_client.h"

namespace certstead {

// Safe from any thread.
class DnsResolvers {
 public:
  DnsResolvers(std::vector<DnsServer> servers, Duration patience)
      : servers_(std::move(servers)), patience_(patience), client_(EgressPolicy::anywhere()) {}

  // The answer of the first that gives one, NXDOMAIN included, beginning with the one that did last time; the
  // failure of the last (SERVFAIL, REFUSED) if none does. kUnavailable if all are silent.
  Result<DnsMessage> ask(const DnsName& name, DnsType type, Deadline deadline) const;
  // The answer of one of them alone.
  Result<DnsMessage> ask_one(const DnsServer& server, const DnsName& name, DnsType type,
                             Deadline deadline) const;
  const std::vector<DnsServer>& servers() const { return servers_; }

 private:
  std::vector<DnsServer> servers_;
  Duration patience_;
  DnsClient client_;
  mutable std::atomic<std::size_t> first_{0};
};

}  // namespace certstead

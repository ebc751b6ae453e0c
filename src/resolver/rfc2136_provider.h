// The provider `rfc2136`: TXT records changed by DNS updates (RFC 2136), signed by TSIG.
#pragma once

#include <memory>
#include <optional>

#include "model/dns_provider.h"
#include "resolver/dns_client.h"
#include "resolver/tsig.h"

namespace certstead {

DnsProviderFacts rfc2136_facts();

// What it needs beside its account; the clock has to outlive the provider.
struct Rfc2136Parts {
  const Clock* clock = nullptr;
  EgressPolicy egress = EgressPolicy::anywhere();  // the administrator names the server
};
// kInvalid naming the setting that is missing or wrong.
Result<std::unique_ptr<DnsProvider>> open_rfc2136(const DnsAccount& account, const DnsSecrets& secrets,
                                                  const Rfc2136Parts& parts, DnsTrace trace);

class Rfc2136Provider final : public DnsProvider {
 public:
  struct Settings {
    HostAndPort server;          // the zone's primary
    std::optional<TsigKey> key;  // none: the server has to trust our address
    std::uint32_t ttl = 120;
  };
  Rfc2136Provider(Settings settings, const Rfc2136Parts& parts, DnsTrace trace);

  // One update each: the server does it whole or not at all, so that nobody's value is lost. Nothing is kept.
  Result<std::string> add(const TxtRecord& record, Deadline deadline) override;
  Status remove(const TxtRecord& record, std::string_view kept, Deadline deadline) override;

 private:
  Status change(const TxtRecord& record, bool add, Deadline deadline);
  Status send(const TxtRecord& record, const DnsMessage& update, Deadline deadline);
  Status send_to(const DnsServer& server, const TxtRecord& record, const DnsMessage& update,
                 Deadline deadline);
  Result<DnsName> zone_of(const TxtRecord& record, Deadline deadline) const;
  std::string name_of(const DnsServer& server) const;

  Settings settings_;
  const Clock& clock_;
  DnsClient client_;
  DnsTrace trace_;
};

}  // namespace certstead

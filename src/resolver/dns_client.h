// One exchange with one DNS server.
#pragma once

#include "base/clock.h"
#include "net/egress_policy.h"
#include "resolver/dns_message.h"
#include "resolver/dns_server.h"

namespace certstead {

// Safe from any thread; keeps nothing between calls.
class DnsClient {
 public:
  explicit DnsClient(EgressPolicy egress) : egress_(std::move(egress)) {}

  // Asks over UDP, again where nothing comes back, and over TCP when the answer is cut off. Every query has
  // an id, a source port and letters' cases of its own by chance; a reply that does not match them is not
  // ours. Returns the reply whatever its RCODE. Errors: kDenied (id "dns-egress") if the policy has the
  // address closed; kUnavailable (id "dns-no-answer", "dns-no-route" or "dns-malformed"), naming the server.
  // Blocks until `deadline` at most.
  Result<DnsMessage> ask(const DnsServer& server, const DnsQuestion& question, bool recursion,
                         Deadline deadline) const;

  // Sends `message` as it is, over TCP, or over UDP where the server takes no connection, and returns the
  // bytes of the reply with its id. Errors as above.
  Result<Bytes> exchange(const DnsServer& server, BytesView message, Deadline deadline) const;

 private:
  EgressPolicy egress_;
};

}  // namespace certstead

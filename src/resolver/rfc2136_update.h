// Updates of one TXT value, and what a server says of them. Pure; internal.
#pragma once

#include "model/dns_provider.h"
#include "resolver/tsig.h"

namespace certstead {

// Adds the value beside others (RFC 2136 section 2.5.1), or takes exactly this one away (2.5.4). kInvalid for
// a name or value that the DNS can't hold.
Result<DnsMessage> txt_update(const TxtRecord& record, const DnsName& zone, std::uint32_t ttl, bool add);

// Who asked for an update, and whether the answer is known to be the server's.
struct UpdateTalk {
  std::string server;
  std::string key = {};  // the name of the TSIG key; "" for none
  bool signed_reply = false;
};

// The RCODE of an update's reply as a sentence.
Status update_outcome(DnsRcode rcode, const TxtRecord& record, const UpdateTalk& talk);

}  // namespace certstead

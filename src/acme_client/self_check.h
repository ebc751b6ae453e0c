// Looking at a challenge's answer ourselves before the CA does: a failed look costs nothing, a failed
// validation counts.
#pragma once

#include "base/log_sink.h"
#include "model/order.h"
#include "net/http_client.h"

namespace certstead {

// Where HTTP-01 is asked: other ports than these serve laboratories only.
struct SelfCheckPorts {
  std::uint16_t http = 80, https = 443;
};

// GETs the answer for `name` as a CA would (RFC 8555 section 8.3): port 80 first, at most 5 redirects to http
// or https on the two ports; trailing white space does not count. Error: kUnavailable "self-check", a
// sentence with the address asked, what came back, and the way out. A look that our own rules forbid (an
// address that is not public, a redirect to a certificate that we don't trust - which a CA does not look at)
// counts as passed and is logged: the CA may well see more than we do.
Status check_challenge(HttpClient& client, const std::string& name, const ChosenChallenge& challenge,
                       const SelfCheckPorts& ports, LogSink& log, Deadline deadline);

}  // namespace certstead

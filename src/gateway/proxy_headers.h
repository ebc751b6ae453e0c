// What a proxy changes in headers on their way through (RFC 9110 section 7.6). Pure.
#pragma once

#include "net/http1_parser.h"
#include "net/http1_request.h"

namespace certstead {

// How the body is framed on the next hop.
enum class BodyFraming {
  kNone,
  kLength,  // as many bytes as announced
  kChunked,
  kClose,  // ends with the connection
};

struct OutgoingHead {
  std::string bytes;  // start line to blank line
  BodyFraming framing = BodyFraming::kNone;
};

// The request as the upstream gets it: hop-by-hop fields gone, those that Connection names too;
// X-Forwarded-For, -Proto and -Host say what we saw, whatever the client sent under such names (in any
// spelling with '-' or '_').
OutgoingHead upstream_request(const Http1Head& head, const RequestTarget& target, std::string_view client);

struct ResponseRules {
  bool to_head = false;    // answers a HEAD request
  bool http10 = false;     // the client speaks HTTP/1.0
  bool keep_alive = true;  // our connection to the client stays
};

// Header fields of an upstream's response for the client: hop-by-hop fields gone, Date added if it is
// missing.
HttpHeaders client_headers(const Http1Head& head);
// The whole head; `headers` as client_headers gave them, policy applied.
OutgoingHead client_response(const Http1Head& head, HttpHeaders headers, const ResponseRules& rules);

}  // namespace certstead

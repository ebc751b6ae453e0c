// What a request head asks for, beyond its framing (RFC 9112 sections 3.2 and 3.3).
#pragma once

#include "net/http1_parser.h"

namespace certstead {

struct RequestTarget {
  std::string target;  // origin-form "/a?b", or "*" for OPTIONS
  std::string path, query;
  std::string host;  // with its port if one was sent; "" only for HTTP/1.0 without Host
  bool expects_continue = false;
};

// Errors: kInvalid for a missing, doubled or malformed Host, a Host that differs from an absolute target, a
// target of another form, an unknown expectation; kDenied for TRACE.
Result<RequestTarget> check_request(const Http1Head& head);

// "host", "host:port", "1.2.3.4", "[::1]:port": letters, digits, '-', '_' and '.' in names, a port of 1 to
// 65535.
bool is_authority(std::string_view text);

// The status to answer with when reading a request failed with `error`: 400, 405, 408 or 431.
int refusal_status(const Error& error);

}  // namespace certstead

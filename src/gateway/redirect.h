// From plain HTTP to HTTPS.
#pragma once

#include "net/http_server.h"

namespace certstead {

// The redirect of `exchange` to the same target on https, at `port`: 301 for GET and HEAD, 308 for the rest,
// so that a method is never changed. 400 if there is no host to redirect to.
HttpReply redirect_to_https(const HttpExchange& exchange, std::uint16_t port);

}  // namespace certstead

// The address of this end of a connection, as text.
#pragma once

#include <openssl/ssl.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace certstead {

// "192.0.2.1" or "2001:db8::1" (RFC 5952 form), without port or brackets; an IPv4 address mapped into IPv6 is
// an IPv4 address. "" if the connection has no socket that OpenSSL knows.
std::string socket_address(const SSL* ssl);
// Any spelling of an address in that one form, brackets allowed. kInvalid.
Result<std::string> canonical_address(std::string_view text);

}  // namespace certstead

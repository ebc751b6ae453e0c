// Addresses as text.
#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace certstead {

// "192.0.2.1" or "2001:db8::1" (RFC 5952 form), without port or brackets; an IPv4 address mapped into IPv6 is
// an IPv4 address. "" for other families.
std::string address_text(const sockaddr_storage& address);
// Any spelling of an address in that one form, brackets allowed; no zone. kInvalid.
Result<std::string> canonical_address(std::string_view text);
// A host name or address as it stands before ":PORT", an IPv6 address in brackets (RFC 3986 section 3.2.2).
std::string url_host(const std::string& host);

}  // namespace certstead

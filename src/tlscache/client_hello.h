// What a client says in its hello that matters for the choice of a certificate.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "model/domain_name.h"

namespace certstead {

struct ClientHello {
  // The server name, if one was sent: as it came, for logs, and as a name unless it is none (an address, a
  // blank, 300 bytes, ...).
  std::optional<std::string> server_name_text = {};
  std::optional<DomainName> server_name = {};
  bool tls13 = true;  // will be spoken
  // Code points in the client's order (RFC 8446 sections 4.2.3, 4.2.7). Nothing: the extension was not sent.
  std::optional<std::vector<std::uint16_t>> signature_algorithms = {};
  std::optional<std::vector<std::uint16_t>> groups = {};
  // TLS 1.2: both sides have a cipher suite that authenticates so. Always true for 1.3.
  bool ecdsa_suites = true, rsa_suites = true;
};

// Only within a client-hello call-back.
ClientHello read_client_hello(SSL* ssl);

// The parsers below it, for bodies of extensions. Nothing if the body is malformed.
// The first host_name of a server_name extension (RFC 6066 section 3).
std::optional<std::string> parse_server_name(BytesView body);
// A list of 16-bit numbers behind its length of `length_bytes` (1 or 2) bytes; no bytes may be left over.
std::optional<std::vector<std::uint16_t>> parse_numbers(BytesView body, int length_bytes);

}  // namespace certstead

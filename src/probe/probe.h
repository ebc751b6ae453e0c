// One TLS handshake with a real port, to see what is served there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/certificate.h"
#include "probe/starttls.h"

namespace certstead {

// Which kind of certificate the client lets the server choose from.
enum class ProbeKey { kAny, kEcdsa, kRsa };

struct ProbeRequest {
  std::string host;  // a name or an address; IPv6 with or without brackets
  std::uint16_t port = 443;
  // Sent as SNI (unless it is an address), and what the certificate must name. Empty: neither.
  std::string server_name = {};
  ProbeKey key = ProbeKey::kAny;
  // What is spoken in clear before TLS begins.
  StartTls starttls = StartTls::kNone;
  // PEM of the roots that are trusted. Nothing: the chain is not verified.
  std::optional<std::string> trusted_roots = {};
  Deadline deadline = Deadline::after(std::chrono::seconds{10});
  // Dates are checked for this moment; nothing: now.
  std::optional<Instant> at = {};
};

struct ProbeReport {
  std::string address;       // that answered: "192.0.2.1:443", "[2001:db8::1]:443"
  std::string protocol;      // "TLSv1.3"
  std::vector<Bytes> chain;  // DER as it was served, leaf first
  Certificate leaf;
  std::optional<KeyType> key_type;  // nothing for kinds that we don't make
  bool names_server = false;        // the leaf names `server_name`; true if none was given
  // The chain leads to one of the roots, the dates are right and the leaf names the server.
  bool verified = false;
  std::string problem;  // why it is not verified, for a person; "" if it is
};

// Speaks TLS 1.3 or 1.2. Blocks until `request.deadline`, but for the system's resolver, which has its own
// time-outs. Safe from any thread. Errors: kInvalid for a host or roots that are none; kUnavailable, with the
// ids "probe-resolve", "probe-connect", "probe-timeout", "probe-starttls" and "probe-handshake" (which a
// server without a certificate of that kind ends in).
Result<ProbeReport> probe(const ProbeRequest& request);

}  // namespace certstead

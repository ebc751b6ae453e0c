// Where a DNS server is asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/ip_address.h"

namespace certstead {

struct DnsServer {
  IpAddress address;
  std::uint16_t port = 53;

  // "192.0.2.53", "127.0.0.1:5353", "[::1]:5353"
  std::string text() const;
  friend bool operator==(const DnsServer&, const DnsServer&) = default;
  friend auto operator<=>(const DnsServer&, const DnsServer&) = default;
};

// Reads what `text` writes, and "[2001:db8::53]". Error: kInvalid.
Result<DnsServer> parse_dns_server(std::string_view text);

// A server as a person names it, "ns1.example.net:5353", in its parts; the host may be an address. kInvalid
// for an empty host or a bad port.
struct HostAndPort {
  std::string host;
  std::uint16_t port = 53;
};
Result<HostAndPort> parse_host_and_port(std::string_view text);

}  // namespace certstead

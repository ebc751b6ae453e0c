#include "resolver/dns_server.h"

#include "base/address.h"
#include "base/text.h"

namespace certstead {

std::string DnsServer::text() const {
  if (port == 53) return address.text();
  return url_host(address.text()) + ':' + std::to_string(port);
}

Result<HostAndPort> parse_host_and_port(std::string_view text) {
  const Error bad = invalid("\"" + printable(text, 100) +
                            "\" names no DNS server: write HOST, HOST:PORT, ADDRESS or [IPV6]:PORT");
  if (IpAddress::parse(text)) return HostAndPort{std::string(text), 53};
  HostAndPort out;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return bad;
    out.host = text.substr(1, close - 1);
    port = text.substr(close + 1);
    if (!IpAddress::parse(out.host)) return bad;
  } else {
    const std::size_t colon = text.find(':');
    out.host = text.substr(0, colon);
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  if (out.host.empty()) return bad;
  if (port.empty()) return out;
  const auto number = port.starts_with(':') ? parse_number(port.substr(1)) : std::nullopt;
  if (!number || *number == 0 || *number > 65535) return bad;
  out.port = static_cast<std::uint16_t>(*number);
  return out;
}

Result<DnsServer> parse_dns_server(std::string_view text) {
  TRY(const HostAndPort parts, parse_host_and_port(text));
  TRY(const IpAddress address, IpAddress::parse(parts.host));
  return DnsServer{address, parts.port};
}

}  // namespace certstead

#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

#include "base/text.h"

namespace certstead {
namespace {

std::string text_of(const in_addr& address) {
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &address, text, sizeof text);
  return text;
}

std::string text_of(const in6_addr& address) {
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    in_addr inner{};
    std::memcpy(&inner, &address.s6_addr[12], sizeof inner);
    return text_of(inner);
  }
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET6, &address, text, sizeof text);
  return text;
}

}  // namespace

std::string address_text(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) return text_of(reinterpret_cast<const sockaddr_in&>(address).sin_addr);
  if (address.ss_family == AF_INET6) return text_of(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
  return "";
}

Result<std::string> canonical_address(std::string_view text) {
  std::string_view bare = text;
  if (bare.size() > 2 && bare.front() == '[' && bare.back() == ']') bare = bare.substr(1, bare.size() - 2);
  const std::string address(bare);
  const bool whole = bare.find('\0') == std::string_view::npos;  // nothing behind what inet_pton reads
  in_addr v4{};
  if (whole && ::inet_pton(AF_INET, address.c_str(), &v4) == 1) return text_of(v4);
  in6_addr v6{};
  if (whole && ::inet_pton(AF_INET6, address.c_str(), &v6) == 1) return text_of(v6);
  return invalid("'" + printable(text, 60) + "' is no IP address", "bad-address");
}

std::string url_host(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace certstead

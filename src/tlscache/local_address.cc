#include "tlscache/local_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

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

std::string socket_address(const SSL* ssl) {
  const int fd = SSL_get_rfd(ssl);
  if (fd < 0) return "";
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return "";
  if (storage.ss_family == AF_INET) return text_of(reinterpret_cast<const sockaddr_in&>(storage).sin_addr);
  if (storage.ss_family == AF_INET6) return text_of(reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr);
  return "";
}

Result<std::string> canonical_address(std::string_view text) {
  std::string_view bare = text;
  if (bare.size() > 2 && bare.front() == '[' && bare.back() == ']') bare = bare.substr(1, bare.size() - 2);
  const std::string address(bare);
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return text_of(v4);
  in6_addr v6{};
  if (::inet_pton(AF_INET6, address.c_str(), &v6) == 1) return text_of(v6);
  return invalid("'" + printable(text, 60) + "' is no IP address", "bad-address");
}

}  // namespace certstead

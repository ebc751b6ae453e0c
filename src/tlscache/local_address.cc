#include "tlscache/local_address.h"

#include <sys/socket.h>

namespace certstead {

std::string socket_address(const SSL* ssl) {
  const int fd = SSL_get_rfd(ssl);
  if (fd < 0) return "";
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return "";
  return address_text(storage);
}

}  // namespace certstead

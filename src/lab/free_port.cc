#include "lab/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "base/file.h"

namespace certstead {
namespace {

// Binds 127.0.0.1:`port` (0: any); an invalid descriptor if it is taken.
Fd bind_loopback(int kind, std::uint16_t port) {
  Fd fd(::socket(AF_INET, kind | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (fd.valid() && ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  return Fd();
}

std::uint16_t port_of(const Fd& fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.sin_port);
}

}  // namespace

Result<std::vector<std::uint16_t>> free_ports(std::size_t count) {
  std::vector<std::uint16_t> ports;
  std::vector<Fd> held;  // until all are found, so that none comes twice
  for (std::size_t tries = 0; ports.size() < count; ++tries) {
    Fd tcp = bind_loopback(SOCK_STREAM, 0);
    if (!tcp.valid() || tries > count + 100) {
      return unavailable(std::string("there is no free port on 127.0.0.1: ") + std::strerror(errno));
    }
    const std::uint16_t port = port_of(tcp);
    Fd udp = bind_loopback(SOCK_DGRAM, port);
    if (udp.valid()) ports.push_back(port);
    held.push_back(std::move(tcp));
    held.push_back(std::move(udp));
  }
  return ports;
}

}  // namespace certstead

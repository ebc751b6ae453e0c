#include "resolver/dns_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace certstead {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

SocketAddress socket_address(const DnsServer& server) {
  SocketAddress out;
  if (server.address.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(server.port);
    std::memcpy(&v4.sin_addr, server.address.bytes().data(), 4);
    std::memcpy(&out.storage, &v4, out.size = sizeof v4);
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(server.port);
    std::memcpy(&v6.sin6_addr, server.address.bytes().data(), 16);
    std::memcpy(&out.storage, &v6, out.size = sizeof v6);
  }
  return out;
}

bool means_no_route(int number) {
  return number == ENETUNREACH || number == EADDRNOTAVAIL || number == EAFNOSUPPORT;
}

}  // namespace

Error DnsSocket::failed(int number) const {
  if (number == ECONNREFUSED)
    return unavailable("nothing listens for DNS at " + server_ + (tcp_ ? " (TCP)" : ""), "dns-no-answer");
  if (means_no_route(number))
    return unavailable("this host has no route to " + server_ + ": " + std::strerror(number), "dns-no-route");
  return unavailable("cannot talk to " + server_ + ": " + std::strerror(number), "dns-no-answer");
}

Result<DnsSocket> DnsSocket::open(const DnsServer& server, bool tcp, Deadline deadline) {
  const int kind = (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
  DnsSocket out(Fd(::socket(server.address.is_v4() ? AF_INET : AF_INET6, kind, 0)), tcp, server.text());
  const SocketAddress address = socket_address(server);
  if (out.fd_.valid() &&
      ::connect(out.fd_.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0)
    return out;
  if (!out.fd_.valid() || errno != EINPROGRESS) return out.failed(errno);
  CHECK_OK(out.wait_for(POLLOUT, deadline));
  int number = 0;
  socklen_t size = sizeof number;
  ::getsockopt(out.fd_.get(), SOL_SOCKET, SO_ERROR, &number, &size);
  if (number != 0) return out.failed(number);
  return out;
}

Status DnsSocket::wait_for(short events, Deadline deadline) const {
  for (;;) {
    pollfd wanted{fd_.get(), events, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(deadline.left().count()));
    if (ready > 0) return Done{};
    if (ready == 0 && deadline.passed()) return unavailable("no answer from " + server_, "dns-no-answer");
    if (ready < 0 && errno != EINTR) return failed(errno);
  }
}

Status DnsSocket::send_all(BytesView bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      CHECK_OK(wait_for(POLLOUT, deadline));
    } else if (errno != EINTR) {
      return failed(errno);
    }
  }
  return Done{};
}

Status DnsSocket::send(BytesView message, Deadline deadline) {
  if (!tcp_) return send_all(message, deadline);
  // RFC 1035 section 4.2.2; in one piece, as some servers expect it.
  Bytes framed{static_cast<std::uint8_t>(message.size() >> 8), static_cast<std::uint8_t>(message.size())};
  framed.insert(framed.end(), message.begin(), message.end());
  return send_all(framed, deadline);
}

Result<Bytes> DnsSocket::receive_exactly(std::size_t size, Deadline deadline) {
  Bytes out(size);
  for (std::size_t got = 0; got < size;) {
    const ssize_t n = ::recv(fd_.get(), out.data() + got, size - got, 0);
    if (n > 0) {
      got += static_cast<std::size_t>(n);
    } else if (n == 0) {
      return unavailable(server_ + " closed the connection before it had answered", "dns-no-answer");
    } else if (errno == EAGAIN) {
      CHECK_OK(wait_for(POLLIN, deadline));
    } else if (errno != EINTR) {
      return failed(errno);
    }
  }
  return out;
}

Result<Bytes> DnsSocket::receive(Deadline deadline) {
  if (tcp_) {
    TRY(const Bytes length, receive_exactly(2, deadline));
    return receive_exactly(static_cast<std::size_t>(length[0]) << 8 | length[1], deadline);
  }
  std::array<std::uint8_t, 65535> buffer;
  for (;;) {
    const ssize_t n = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (n >= 0) return Bytes(buffer.begin(), buffer.begin() + n);
    if (errno == EAGAIN) {
      CHECK_OK(wait_for(POLLIN, deadline));
    } else if (errno != EINTR) {
      return failed(errno);
    }
  }
}

}  // namespace certstead

#include "probe/tcp.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/address.h"
#include "base/text.h"

namespace certstead {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Error timed_out(const std::string& address) {
  return unavailable(address + " did not answer in time; is a firewall between?", "probe-timeout");
}

// Waits until `fd` is ready for `events`.
Status wait_for(int fd, short events, const std::string& address, Deadline deadline) {
  for (;;) {
    pollfd wanted{fd, events, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(deadline.left().count()));
    if (ready > 0) return Done{};
    if (ready == 0 && deadline.passed()) return timed_out(address);
    if (ready < 0 && errno != EINTR) {
      return unavailable("cannot wait for " + address + ": " + std::strerror(errno), "probe-connect");
    }
  }
}

Result<AddressList> resolve(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int answer = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (answer == 0) return AddressList(found, &::freeaddrinfo);
  return unavailable("cannot find the address of " + printable(host) + ": " + ::gai_strerror(answer),
                     "probe-resolve");
}

std::string address_text(const addrinfo& address) {
  char host[NI_MAXHOST] = {}, port[NI_MAXSERV] = {};
  if (::getnameinfo(address.ai_addr, address.ai_addrlen, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "?";
  }
  return url_host(host) + ":" + port;
}

Result<Fd> connect_to(const addrinfo& address, const std::string& text, Deadline deadline) {
  Fd fd(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol));
  int number = fd.valid() && ::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (fd.valid() && number == EINPROGRESS) {
    CHECK_OK(wait_for(fd.get(), POLLOUT, text, deadline));
    socklen_t size = sizeof number;
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &number, &size);
  }
  if (number != 0)
    return unavailable("cannot connect to " + text + ": " + std::strerror(number), "probe-connect");
  return fd;
}

}  // namespace

Result<TcpConnection> TcpConnection::open(const std::string& host, std::uint16_t port, Deadline deadline) {
  TRY(const AddressList addresses, resolve(host, std::to_string(port)));
  int left = 0;
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) ++left;
  Error last = unavailable(printable(host) + " has no address", "probe-resolve");
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next, --left) {
    const std::string text = address_text(*at);
    Result<Fd> fd = connect_to(*at, text, deadline.earlier(deadline.left() / left));
    if (fd) return TcpConnection(std::move(*fd), text);
    last = fd.error();
  }
  return last;
}

Status TcpConnection::send_all(BytesView bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      CHECK_OK(wait_for(fd_.get(), POLLOUT, address_, deadline));
    } else if (errno != EINTR) {
      return unavailable(address_ + " has closed the connection: " + std::strerror(errno), "probe-handshake");
    }
  }
  return Done{};
}

Result<std::size_t> TcpConnection::receive(std::span<std::uint8_t> buffer, Deadline deadline) {
  for (;;) {
    const ssize_t n = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno == EAGAIN) {
      CHECK_OK(wait_for(fd_.get(), POLLIN, address_, deadline));
    } else if (errno != EINTR) {
      return unavailable(address_ + " has closed the connection: " + std::strerror(errno), "probe-handshake");
    }
  }
}

}  // namespace certstead

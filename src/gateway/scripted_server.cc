#include "gateway/scripted_server.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace certstead {
namespace {

constexpr int kPatienceMs = 20'000;

bool readable(int fd) {
  pollfd ready{fd, POLLIN, 0};
  return ::poll(&ready, 1, kPatienceMs) > 0;
}

}  // namespace

ScriptedServer::ScriptedServer(Script script)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), wake_(::eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listener_.get(), 64) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this, script = std::move(script)] {
    for (int number = 0;; ++number) {
      std::array<pollfd, 2> ready = {pollfd{listener_.get(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
      ::poll(ready.data(), ready.size(), -1);
      if (ready[1].revents != 0) return;
      const Fd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      script(connection.get(), number);
    }
  });
}

ScriptedServer::~ScriptedServer() {
  const std::uint64_t one = 1;
  if (::write(wake_.get(), &one, sizeof one) != sizeof one) std::abort();
  thread_.join();
}

std::string read_until(int fd, std::string_view mark) {
  std::string out;
  char c = 0;
  while (out.find(mark) == std::string::npos && readable(fd) && ::recv(fd, &c, 1, 0) == 1) out += c;
  return out;
}

std::size_t count_bytes(int fd, std::size_t most) {
  std::array<char, 65536> buffer;
  std::size_t count = 0;
  while (count < most && readable(fd)) {
    const ssize_t got = ::recv(fd, buffer.data(), std::min(buffer.size(), most - count), 0);
    if (got <= 0) break;
    count += static_cast<std::size_t>(got);
  }
  return count;
}

bool write_bytes(int fd, std::string_view bytes) {
  return write_until_stuck(fd, bytes, Duration{kPatienceMs}) == bytes.size();
}

std::size_t write_until_stuck(int fd, std::string_view bytes, Duration patience) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t put = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put > 0) {
      sent += static_cast<std::size_t>(put);
      continue;
    }
    pollfd ready{fd, POLLOUT, 0};
    if (errno != EAGAIN || ::poll(&ready, 1, static_cast<int>(patience.count())) <= 0) break;
  }
  return sent;
}

}  // namespace certstead

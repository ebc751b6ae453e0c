#include "net/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>

#include <gtest/gtest.h>

namespace certstead {

RawClient::RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0)
      << std::strerror(errno);
}

RawClient::RawClient(const std::filesystem::path& socket)
    : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
  EXPECT_EQ(::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0)
      << std::strerror(errno);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void RawClient::finish() { ::shutdown(fd_.get(), SHUT_WR); }

bool RawClient::read_some(Deadline deadline) {
  pollfd ready{fd_.get(), POLLIN, 0};
  if (ended_ || ::poll(&ready, 1, static_cast<int>(deadline.left().count())) <= 0) return false;
  std::array<char, 16384> buffer;
  const ssize_t got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
  if (got <= 0) {
    ended_ = true;
    return false;
  }
  received_.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::read_all(Duration limit) {
  const Deadline deadline = Deadline::after(limit);
  while (read_some(deadline)) {
  }
  return std::exchange(received_, {});
}

std::string RawClient::read_until(std::string_view mark, Duration limit) {
  const Deadline deadline = Deadline::after(limit);
  while (true) {
    const std::size_t at = received_.find(mark);
    if (at != std::string::npos) {
      std::string out = received_.substr(0, at + mark.size());
      received_.erase(0, at + mark.size());
      return out;
    }
    if (!read_some(deadline)) return "";
  }
}

bool RawClient::closes(Duration limit) {
  const Deadline deadline = Deadline::after(limit);
  while (read_some(deadline)) {
  }
  return ended_;
}

}  // namespace certstead

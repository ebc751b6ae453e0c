// A TCP connection whose every operation ends at a deadline. Internal.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"

namespace certstead {

class TcpConnection {
 public:
  // Tries the addresses of `host` (no brackets) one after another, each for its share of the time left.
  static Result<TcpConnection> open(const std::string& host, std::uint16_t port, Deadline deadline);

  // "192.0.2.1:443", "[2001:db8::1]:443"
  const std::string& address() const { return address_; }
  Status send_all(BytesView bytes, Deadline deadline);
  // At least one byte into `buffer`; 0 at the end of the stream.
  Result<std::size_t> receive(std::span<std::uint8_t> buffer, Deadline deadline);

 private:
  TcpConnection(Fd fd, std::string address) : fd_(std::move(fd)), address_(std::move(address)) {}
  Fd fd_;
  std::string address_;
};

}  // namespace certstead

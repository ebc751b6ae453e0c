// IP addresses and blocks of them, as values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"

struct sockaddr;

namespace certstead {

// An IPv4 or IPv6 address without port or zone.
class IpAddress {
 public:
  // Strict dotted-quad or RFC 4291 text; no brackets, no zone, no octal or short forms. Error: kInvalid.
  static Result<IpAddress> parse(std::string_view text);
  // Four or sixteen bytes in network order; nothing for any other number.
  static std::optional<IpAddress> from_bytes(std::span<const std::uint8_t> bytes);
  // Nothing for a family that is neither AF_INET nor AF_INET6.
  static std::optional<IpAddress> from(const sockaddr* address);

  bool is_v4() const { return v4_; }
  // Network order; an IPv4 address has its four bytes in front.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  // The IPv4 address inside an IPv4-mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96, RFC 6052) or 6to4
  // (2002::/16) address: where a packet to it ends up.
  std::optional<IpAddress> embedded_v4() const;
  // What one client holds: the address itself, or the /64 of an IPv6 address.
  IpAddress network() const;
  std::string text() const;
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  bool v4_ = true;
  std::array<std::uint8_t, 16> bytes_{};
};

// A block such as 10.0.0.0/8 or fd00::/8.
class Cidr {
 public:
  // "ADDRESS/BITS", or an address alone for just that one. Bits below the prefix must be zero. Error:
  // kInvalid.
  static Result<Cidr> parse(std::string_view text);
  bool contains(const IpAddress& address) const;

 private:
  IpAddress base_;
  int bits_ = 0;
};

}  // namespace certstead

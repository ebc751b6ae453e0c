#include "net/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace certstead {
namespace {

// How many of the leading bits of `a` and `b` have to be compared is `bits`.
bool same_prefix(const std::array<std::uint8_t, 16>& a, const std::array<std::uint8_t, 16>& b, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
  const int rest = bits % 8;
  return rest == 0 || (a[whole] >> (8 - rest)) == (b[whole] >> (8 - rest));
}

bool starts_with(const std::array<std::uint8_t, 16>& bytes, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
  IpAddress address;
  const std::string copy(text);
  address.v4_ = copy.find(':') == std::string::npos;
  const bool has_nul = copy.find('\0') != std::string::npos;
  if (has_nul || ::inet_pton(address.v4_ ? AF_INET : AF_INET6, copy.c_str(), address.bytes_.data()) != 1) {
    return invalid("\"" + printable(text, 60) + "\" is not an IP address");
  }
  return address;
}

std::optional<IpAddress> IpAddress::from_bytes(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != 4 && bytes.size() != 16) return std::nullopt;
  IpAddress out;
  out.v4_ = bytes.size() == 4;
  std::ranges::copy(bytes, out.bytes_.begin());
  return out;
}

std::optional<IpAddress> IpAddress::from(const sockaddr* address) {
  IpAddress out;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    std::memcpy(out.bytes_.data(), &v4.sin_addr, 4);
    return out;
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    std::memcpy(out.bytes_.data(), &v6.sin6_addr, 16);
    out.v4_ = false;
    return out;
  }
  return std::nullopt;
}

std::optional<IpAddress> IpAddress::embedded_v4() const {
  if (v4_) return std::nullopt;
  std::ptrdiff_t at = -1;
  if (starts_with(bytes_, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) at = 12;
  if (starts_with(bytes_, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) at = 12;
  if (starts_with(bytes_, {0x20, 0x02})) at = 2;
  if (at < 0) return std::nullopt;
  IpAddress inner;
  std::copy_n(bytes_.begin() + at, 4, inner.bytes_.begin());
  return inner;
}

IpAddress IpAddress::network() const {
  IpAddress out = *this;
  if (!v4_) std::fill(out.bytes_.begin() + 8, out.bytes_.end(), std::uint8_t{0});
  return out;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  ::inet_ntop(v4_ ? AF_INET : AF_INET6, bytes_.data(), buffer.data(), buffer.size());
  return buffer.data();
}

Result<Cidr> Cidr::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  Cidr block;
  TRY(block.base_, IpAddress::parse(text.substr(0, slash)));
  const int most = block.base_.is_v4() ? 32 : 128;
  block.bits_ = most;
  if (slash != std::string_view::npos) {
    const auto bits = parse_number(text.substr(slash + 1));
    if (!bits || *bits > static_cast<std::uint64_t>(most)) {
      return invalid("\"" + printable(text, 60) + "\" is not an address block: write ADDRESS/BITS");
    }
    block.bits_ = static_cast<int>(*bits);
  }
  for (int bit = block.bits_; bit < most; ++bit) {
    if ((block.base_.bytes()[static_cast<std::size_t>(bit / 8)] & (0x80 >> (bit % 8))) != 0) {
      return invalid("\"" + printable(text, 60) + "\" has bits set below its prefix");
    }
  }
  return block;
}

bool Cidr::contains(const IpAddress& address) const {
  return address.is_v4() == base_.is_v4() && same_prefix(address.bytes(), base_.bytes(), bits_);
}

}  // namespace certstead

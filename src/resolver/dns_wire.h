// Numbers, strings and names on the wire. Internal.
#pragma once

#include <algorithm>

#include "resolver/dns_name.h"

namespace certstead {

// Bits of the second pair of bytes of a message (RFC 1035 section 4.1.1, RFC 4035 section 3).
inline constexpr unsigned kDnsReply = 0x8000, kDnsAuthoritative = 0x0400, kDnsTruncated = 0x0200,
                          kDnsRecursionDesired = 0x0100, kDnsRecursionAvailable = 0x0080,
                          kDnsAuthenticData = 0x0020, kDnsCheckingDisabled = 0x0010;

// RFC 8659 section 4.1.
inline bool is_caa_tag(std::string_view tag) {
  return !tag.empty() && tag.size() <= 255 && std::ranges::all_of(tag, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

class DnsWriter {
 public:
  DnsWriter& u8(std::uint8_t value) {
    out_.push_back(value);
    return *this;
  }
  DnsWriter& u16(std::uint16_t value) {
    return u8(static_cast<std::uint8_t>(value >> 8)).u8(static_cast<std::uint8_t>(value));
  }
  DnsWriter& u32(std::uint32_t value) {
    return u16(static_cast<std::uint16_t>(value >> 16)).u16(static_cast<std::uint16_t>(value));
  }
  DnsWriter& bytes(BytesView value) {
    out_.insert(out_.end(), value.begin(), value.end());
    return *this;
  }
  // Of at most 255 bytes, with its length before it.
  DnsWriter& string(std::string_view value) {
    return u8(static_cast<std::uint8_t>(value.size())).bytes(view_bytes(value));
  }
  DnsWriter& name(const DnsName& value) { return bytes(value.wire()); }  // never compressed
  const Bytes& out() const { return out_; }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

// Reads a message from its start to `end`, which narrows to the data of a record. After the first failure
// everything is empty, and `failed` says so.
class DnsReader {
 public:
  explicit DnsReader(BytesView message) : message_(message), end_(message.size()) {}

  std::uint8_t u8() {
    const BytesView one = bytes(1);
    return one.empty() ? std::uint8_t{0} : one[0];
  }
  std::uint16_t u16() {
    const auto high = u8();
    return static_cast<std::uint16_t>(high << 8 | u8());
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16 | u16();
  }
  BytesView bytes(std::size_t size) {
    if (failed_ || end_ - at_ < size) {
      failed_ = true;
      return {};
    }
    at_ += size;
    return message_.subspan(at_ - size, size);
  }
  std::string string() { return to_text(bytes(u8())); }
  DnsName name(bool compressed) {
    if (failed_) return {};
    auto read = DnsName::read(message_, at_, end_, compressed);
    if (read) return std::move(*read);
    failed_ = true;
    return {};
  }

  std::size_t at() const { return at_; }
  std::size_t left() const { return end_ - at_; }
  bool failed() const { return failed_; }
  void fail() { failed_ = true; }
  // From here on, `size` bytes are all there is, until `widen`.
  void narrow(std::size_t size) {
    if (failed_ || end_ - at_ < size)
      failed_ = true;
    else
      end_ = at_ + size;
  }
  // Fails if anything is left of the narrow part.
  void widen() {
    if (at_ != end_) failed_ = true;
    end_ = message_.size();
  }

 private:
  BytesView message_;
  std::size_t at_ = 0, end_;
  bool failed_ = false;
};

}  // namespace certstead

// Domain names as DNS carries them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace certstead {

// Labels of any bytes, at most 63 each and 255 with their lengths (RFC 1035 section 2.3.4). The case is kept
// and ignored in comparisons. `DomainName` of the model is narrower: host names alone.
class DnsName {
 public:
  DnsName() : wire_(1, '\0') {}  // the root
  // "_acme-challenge.Example.com", with or without the dot at its end; "." is the root. "\." and "\DDD" as in
  // zone files. kInvalid: empty or long labels, a long name, a bad escape.
  static Result<DnsName> parse(std::string_view text);
  // Reads one at `at` and moves `at` behind it; its own bytes must end before `end`. Compression pointers
  // (section 4.1.4), where allowed, have to go backwards, further each time. Error: kInvalid.
  static Result<DnsName> read(BytesView message, std::size_t& at, std::size_t end, bool compressed);

  // Lower case, no dot at the end ("." for the root); what is not printable, or would mislead, is escaped.
  std::string text() const;
  BytesView wire() const { return view_bytes(wire_); }
  // In lower case: the form over which signatures are made (RFC 8945 section 4.3.3).
  DnsName lower() const;
  bool is_root() const { return wire_.size() == 1; }
  DnsName parent() const;  // of the root: the root
  // "*." before it (RFC 4592). kInvalid if that is too long.
  Result<DnsName> wildcard() const;
  // Whether it is `zone` or stands below it.
  bool is_within(const DnsName& zone) const;
  // What a DNAME from `from` to `to` makes of it (RFC 6672 section 2.3). kInvalid if it is not below `from`,
  // or gets too long.
  Result<DnsName> moved(const DnsName& from, const DnsName& to) const;
  // The same letters in cases that `bits` choose, one bit a letter (again from the start when they end).
  DnsName recased(BytesView bits) const;
  // Equal with regard to case.
  bool same_bytes(const DnsName& other) const { return wire_ == other.wire_; }
  friend bool operator==(const DnsName& a, const DnsName& b) { return a.lower().wire_ == b.lower().wire_; }
  friend auto operator<=>(const DnsName& a, const DnsName& b) { return a.lower().wire_ <=> b.lower().wire_; }

 private:
  explicit DnsName(std::string wire) : wire_(std::move(wire)) {}
  std::string wire_;  // lengths and labels, with the empty label at the end
};

}  // namespace certstead

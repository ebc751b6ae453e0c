// DER in the making (X.690): for the few structures that are stored before they are signed, so that what is
// stored and what is signed are the same bytes.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"

namespace certstead {

// Elements one after another; a constructed one takes the elements of another writer.
class DerWriter {
 public:
  DerWriter& element(std::uint8_t tag, BytesView content);
  DerWriter& element(std::uint8_t tag, const DerWriter& content) { return element(tag, content.out_); }
  DerWriter& text(std::uint8_t tag, std::string_view content) { return element(tag, view_bytes(content)); }
  // Whole elements as they are.
  DerWriter& raw(BytesView elements);
  // INTEGER of a magnitude, big-endian; leading zero octets are dropped.
  DerWriter& integer(BytesView magnitude);
  DerWriter& number(std::uint64_t value);
  DerWriter& truth();  // BOOLEAN TRUE
  // BIT STRING whose last octet has `unused` bits that don't count.
  DerWriter& bits(BytesView content, std::uint8_t unused = 0);
  // UTCTime up to 2049, GeneralizedTime from 2050 on (RFC 5280 section 4.1.2.5); seconds, UTC.
  DerWriter& time(Instant at);
  const Bytes& out() const { return out_; }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

}  // namespace certstead

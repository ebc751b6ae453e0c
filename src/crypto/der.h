// A strict walker over DER (X.690): definite, minimal lengths, one-byte tags. For the few structures that
// this house reads itself because a general decoder is slow or lenient.
#pragma once

#include <optional>

#include "base/bytes.h"

namespace certstead {

inline constexpr std::uint8_t kDerInteger = 0x02;
inline constexpr std::uint8_t kDerBitString = 0x03;
inline constexpr std::uint8_t kDerOctetString = 0x04;
inline constexpr std::uint8_t kDerNull = 0x05;
inline constexpr std::uint8_t kDerOid = 0x06;
inline constexpr std::uint8_t kDerSequence = 0x30;
inline constexpr std::uint8_t kDerSet = 0x31;
// Context-specific and constructed: [0], [1], ...
inline constexpr std::uint8_t der_context(std::uint8_t number) { return 0xa0 | number; }

// Views into the bytes given; they must outlive it.
class DerReader {
 public:
  explicit DerReader(BytesView bytes) : rest_(bytes) {}
  // The content of the next element if it has this tag and is well formed; then it is consumed. Else nothing
  // is.
  std::optional<BytesView> take(std::uint8_t tag);
  // The same for an INTEGER that is not negative: the magnitude without a leading zero octet (zero is one
  // octet 0).
  std::optional<BytesView> take_unsigned();
  // take_unsigned() with this very value (0 to 127).
  bool take_number(std::uint8_t value);
  bool next_is(std::uint8_t tag) const { return !rest_.empty() && rest_.front() == tag; }
  bool at_end() const { return rest_.empty(); }
  BytesView rest() const { return rest_; }

 private:
  BytesView rest_;
};

}  // namespace certstead

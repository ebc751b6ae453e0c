// A small binary encoding with one way to write each value: for what is signed, sealed as associated data, or
// kept in a replica. Numbers are big-endian; byte strings have a 32-bit length before them.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace certstead {

class Encoder {
 public:
  Encoder& u8(std::uint8_t value);
  Encoder& u32(std::uint32_t value);
  Encoder& i64(std::int64_t value);
  Encoder& bytes(BytesView value);
  Encoder& text(std::string_view value) { return bytes(view_bytes(value)); }
  const Bytes& out() const { return out_; }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

// Reads what Encoder wrote. After the first failure every read yields an empty value and `finish` the error,
// so that calling code checks once, at the end.
class Decoder {
 public:
  explicit Decoder(BytesView in) : in_(in) {}
  std::uint8_t u8();
  std::uint32_t u32();
  std::int64_t i64();
  // A view into the input.
  BytesView bytes();
  std::string text() { return to_text(bytes()); }
  // A count of elements that take at least `least` bytes each: refused if the input can't hold so many.
  std::uint32_t count(std::size_t least);
  bool failed() const { return failed_; }
  // kInvalid if something was missing or bytes are left over.
  Status finish() const;

 private:
  BytesView take(std::size_t size);
  BytesView in_;
  bool failed_ = false;
};

}  // namespace certstead

#include "base/codec.h"

namespace certstead {

Encoder& Encoder::u8(std::uint8_t value) {
  out_.push_back(value);
  return *this;
}

Encoder& Encoder::u32(std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out_.push_back(static_cast<std::uint8_t>(value >> shift));
  return *this;
}

Encoder& Encoder::i64(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return u32(static_cast<std::uint32_t>(bits >> 32)).u32(static_cast<std::uint32_t>(bits));
}

Encoder& Encoder::bytes(BytesView value) {
  u32(static_cast<std::uint32_t>(value.size()));
  out_.insert(out_.end(), value.begin(), value.end());
  return *this;
}

BytesView Decoder::take(std::size_t size) {
  if (failed_ || size > in_.size()) {
    failed_ = true;
    return {};
  }
  const BytesView out = in_.first(size);
  in_ = in_.subspan(size);
  return out;
}

std::uint8_t Decoder::u8() {
  const BytesView raw = take(1);
  return raw.empty() ? 0 : raw[0];
}

std::uint32_t Decoder::u32() {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : take(4)) value = (value << 8) | byte;
  return value;
}

std::int64_t Decoder::i64() {
  const std::uint64_t high = u32();
  return static_cast<std::int64_t>((high << 32) | u32());
}

BytesView Decoder::bytes() { return take(u32()); }

std::uint32_t Decoder::count(std::size_t least) {
  const std::uint32_t n = u32();
  if (n > in_.size() / (least == 0 ? 1 : least)) failed_ = true;
  return failed_ ? 0 : n;
}

Status Decoder::finish() const {
  if (failed_) return invalid("the encoded record is cut short", "encoding");
  if (!in_.empty()) return invalid("the encoded record has bytes left over", "encoding");
  return Done{};
}

}  // namespace certstead

#include "crypto/der.h"

namespace certstead {

std::optional<BytesView> DerReader::take(std::uint8_t tag) {
  if (rest_.size() < 2 || rest_[0] != tag) return {};
  std::size_t length = rest_[1];
  std::size_t header = 2;
  if (length >= 0x80) {
    const std::size_t octets = length & 0x7f;
    if (octets == 0 || octets > 4 || rest_.size() < 2 + octets) return {};
    length = 0;
    for (std::size_t i = 0; i < octets; ++i) length = length << 8 | rest_[2 + i];
    // DER wants the shortest form.
    if (length < 0x80 || rest_[2] == 0) return {};
    header += octets;
  }
  if (rest_.size() - header < length) return {};
  const BytesView content = rest_.subspan(header, length);
  rest_ = rest_.subspan(header + length);
  return content;
}

std::optional<BytesView> DerReader::take_unsigned() {
  DerReader ahead = *this;
  std::optional<BytesView> content = ahead.take(kDerInteger);
  if (!content || content->empty() || (content->front() & 0x80) != 0) return {};
  if (content->size() > 1 && content->front() == 0) {
    if (((*content)[1] & 0x80) == 0) return {};
    content = content->subspan(1);
  }
  *this = ahead;
  return content;
}

bool DerReader::take_number(std::uint8_t value) {
  DerReader ahead = *this;
  const auto number = ahead.take_unsigned();
  if (!number || number->size() != 1 || number->front() != value) return false;
  *this = ahead;
  return true;
}

}  // namespace certstead

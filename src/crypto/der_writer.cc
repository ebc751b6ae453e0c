#include "crypto/der_writer.h"

#include <array>
#include <cstdio>

#include "crypto/der.h"

namespace certstead {
namespace {

constexpr std::uint8_t kBoolean = 0x01;
constexpr std::uint8_t kUtcTime = 0x17;
constexpr std::uint8_t kGeneralizedTime = 0x18;

}  // namespace

DerWriter& DerWriter::element(std::uint8_t tag, BytesView content) {
  out_.push_back(tag);
  const std::size_t length = content.size();
  if (length < 0x80) {
    out_.push_back(static_cast<std::uint8_t>(length));
  } else {
    int octets = 1;
    while (length >> (8 * octets) != 0) ++octets;
    out_.push_back(static_cast<std::uint8_t>(0x80 | octets));
    for (int i = octets - 1; i >= 0; --i) out_.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
  }
  return raw(content);
}

DerWriter& DerWriter::raw(BytesView elements) {
  out_.insert(out_.end(), elements.begin(), elements.end());
  return *this;
}

DerWriter& DerWriter::integer(BytesView magnitude) {
  while (magnitude.size() > 1 && magnitude.front() == 0) magnitude = magnitude.subspan(1);
  Bytes content;
  if (magnitude.empty() || (magnitude.front() & 0x80) != 0) content.push_back(0);
  content.insert(content.end(), magnitude.begin(), magnitude.end());
  return element(kDerInteger, content);
}

DerWriter& DerWriter::number(std::uint64_t value) {
  std::array<std::uint8_t, 8> octets{};
  for (std::size_t i = 0; i < octets.size(); ++i)
    octets[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
  return integer(octets);
}

DerWriter& DerWriter::truth() { return element(kBoolean, Bytes{0xff}); }

DerWriter& DerWriter::bits(BytesView content, std::uint8_t unused) {
  Bytes all = {unused};
  all.insert(all.end(), content.begin(), content.end());
  return element(kDerBitString, all);
}

DerWriter& DerWriter::time(Instant at) {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(at) - day);
  const int year = static_cast<int>(date.year());
  std::array<char, 24> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%02d%02u%02u%02d%02d%02dZ", year >= 2050 ? year : year % 100,
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()));
  return this->text(year >= 2050 ? kGeneralizedTime : kUtcTime,
                    std::string_view(text.data(), static_cast<std::size_t>(length)));
}

}  // namespace certstead

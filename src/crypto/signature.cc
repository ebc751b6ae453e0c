#include "crypto/signature.h"

#include <algorithm>

#include "crypto/der.h"

namespace certstead {
namespace {

void append_integer(Bytes& out, BytesView number) {
  while (number.size() > 1 && number.front() == 0) number = number.subspan(1);
  const bool needs_zero = (number.front() & 0x80) != 0;
  out.push_back(kDerInteger);
  out.push_back(static_cast<std::uint8_t>(number.size() + (needs_zero ? 1 : 0)));
  if (needs_zero) out.push_back(0);
  out.insert(out.end(), number.begin(), number.end());
}

}  // namespace

Result<Bytes> ecdsa_der_to_pair(BytesView der, std::size_t length) {
  const Error bad = invalid("this is no ECDSA signature");
  DerReader outer(der);
  const auto content = outer.take(kDerSequence);
  if (!content || !outer.at_end()) return bad;
  DerReader reader(*content);
  const auto r = reader.take_unsigned();
  const auto s = reader.take_unsigned();
  if (!r || !s || !reader.at_end() || r->size() > length || s->size() > length) return bad;
  Bytes pair(2 * length);
  std::ranges::copy(*r, pair.end() - static_cast<std::ptrdiff_t>(length + r->size()));
  std::ranges::copy(*s, pair.end() - static_cast<std::ptrdiff_t>(s->size()));
  return pair;
}

Result<Bytes> ecdsa_pair_to_der(BytesView pair, std::size_t length) {
  if (length == 0 || pair.size() != 2 * length)
    return invalid("this is no ECDSA signature: its length is wrong");
  Bytes numbers;
  append_integer(numbers, pair.first(length));
  append_integer(numbers, pair.last(length));
  // Two numbers of 48 octets stay below 128 octets in all.
  Bytes der = {kDerSequence, static_cast<std::uint8_t>(numbers.size())};
  der.insert(der.end(), numbers.begin(), numbers.end());
  return der;
}

}  // namespace certstead

#include "crypto/key_decode.h"

#include <algorithm>
#include <array>

#include "base/secret.h"
#include "crypto/der.h"

namespace certstead {
namespace {

constexpr std::array<std::uint8_t, 7> kEcPublicKeyOid = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::array<std::uint8_t, 9> kRsaOid = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};

Error unreadable() {
  return invalid("this is no private key in PKCS#8, SEC 1 or PKCS#1 form; choose the right file",
                 "key-unreadable");
}
Error not_held() {
  return invalid("the key is of a kind that is not held; make one of p256, p384, rsa2048, rsa3072, rsa4096",
                 "key-kind");
}

// Whether the point is that of the private number: as telling as a trial signature, and a fifth of its cost.
bool belongs(const EcCurve& curve, BytesView point, BytesView scalar) {
  const auto own = public_point(curve, scalar);
  return own && std::ranges::equal(*own, point);
}

// ECPrivateKey (RFC 5915): `named` is the curve that PKCS#8 gave outside.
Result<DecodedKey> decode_sec1(BytesView der, const EcCurve* named) {
  const bool in_pkcs8 = named != nullptr;
  DerReader outer(der);
  const auto content = outer.take(kDerSequence);
  if (!content || !outer.at_end()) return unreadable();
  DerReader reader(*content);
  if (!reader.take_number(1)) return unreadable();
  const auto scalar = reader.take(kDerOctetString);
  if (!scalar) return unreadable();
  if (reader.next_is(der_context(0))) {
    DerReader parameters(reader.take(der_context(0)).value_or(BytesView()));
    const auto oid = parameters.take(kDerOid);
    if (!oid || !parameters.at_end()) return not_held();
    const EcCurve* const inner = curve_with_oid(*oid);
    if (inner == nullptr) return not_held();
    if (named != nullptr && named != inner) return unreadable();
    named = inner;
  }
  if (named == nullptr) return not_held();
  // Old writers drop leading zeros of the number.
  if (scalar->empty() || scalar->size() > named->length) return unreadable();
  if (reader.at_end()) {
    TRY(const Bytes point, public_point(*named, *scalar));
    TRY(SharedKey key, make_ec_key(*named, point, *scalar));
    return DecodedKey{std::move(key), named->type};
  }
  DerReader wrapped(reader.take(der_context(1)).value_or(BytesView()));
  const auto bits = wrapped.take(kDerBitString);
  if (!bits || bits->empty() || bits->front() != 0 || !wrapped.at_end() || !reader.at_end())
    return unreadable();
  const BytesView point = bits->subspan(1);
  TRY(SharedKey key, make_ec_key(*named, point, *scalar));
  return DecodedKey{std::move(key), named->type, false, in_pkcs8 && belongs(*named, point, *scalar)};
}

// RSAPrivateKey (RFC 8017 appendix A.1.2) of two primes.
Result<DecodedKey> decode_pkcs1(BytesView der) {
  DerReader outer(der);
  const auto content = outer.take(kDerSequence);
  if (!content || !outer.at_end()) return unreadable();
  DerReader reader(*content);
  if (!reader.take_number(0)) return unreadable();
  std::array<BytesView, 8> numbers;
  for (BytesView& number : numbers) {
    const auto magnitude = reader.take_unsigned();
    if (!magnitude) return unreadable();
    number = *magnitude;
  }
  if (!reader.at_end()) return unreadable();
  const std::size_t length = numbers[0].size();
  if (length != 256 && length != 384 && length != 512) return not_held();
  if (std::ranges::any_of(numbers, [&](BytesView number) { return number.size() > length; }))
    return unreadable();
  TRY(SharedKey key, make_rsa_pair({.modulus = numbers[0],
                                    .exponent = numbers[1],
                                    .secret_exponent = numbers[2],
                                    .prime1 = numbers[3],
                                    .prime2 = numbers[4],
                                    .exponent1 = numbers[5],
                                    .exponent2 = numbers[6],
                                    .coefficient = numbers[7]}));
  const auto type = type_of(key.get());
  if (!type) return not_held();
  return DecodedKey{std::move(key), *type};
}

// PrivateKeyInfo: version, algorithm, the key as one of the two above; attributes and a public key may
// follow.
Result<DecodedKey> decode_pkcs8(DerReader reader) {
  const bool plain = reader.take_number(0);
  if (!plain && !reader.take_number(1)) return unreadable();
  const auto algorithm = reader.take(kDerSequence);
  const auto inner = reader.take(kDerOctetString);
  if (!algorithm || !inner) return unreadable();
  if (reader.next_is(der_context(0)) && !reader.take(der_context(0))) return unreadable();
  if (!plain && reader.next_is(0x81) && !reader.take(0x81)) return unreadable();
  if (!reader.at_end()) return unreadable();
  DerReader parts(*algorithm);
  const auto oid = parts.take(kDerOid);
  if (!oid) return unreadable();
  Result<DecodedKey> decoded = not_held();
  if (std::ranges::equal(*oid, kRsaOid)) {
    decoded = decode_pkcs1(*inner);
  } else if (std::ranges::equal(*oid, kEcPublicKeyOid)) {
    const auto curve_oid = parts.take(kDerOid);
    const EcCurve* const curve = curve_oid ? curve_with_oid(*curve_oid) : nullptr;
    if (curve != nullptr && parts.at_end()) decoded = decode_sec1(*inner, curve);
  }
  if (decoded) decoded->foreign = !decoded->proven;
  return decoded;
}

}  // namespace

Result<DecodedKey> decode_private_key(BytesView der) {
  DerReader outer(der);
  const auto content = outer.take(kDerSequence);
  if (!content || !outer.at_end()) return unreadable();
  // The second element tells the three forms apart.
  DerReader ahead(*content);
  if (!ahead.take_unsigned()) return unreadable();
  if (ahead.next_is(kDerSequence)) return decode_pkcs8(DerReader(*content));
  if (ahead.next_is(kDerInteger)) return decode_pkcs1(der);
  if (ahead.next_is(kDerOctetString)) return decode_sec1(der, nullptr);
  return unreadable();
}

}  // namespace certstead

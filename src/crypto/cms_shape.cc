#include "crypto/cms_shape.h"

#include <algorithm>
#include <array>

#include "crypto/der.h"
#include "crypto/der_writer.h"

namespace certstead {
namespace {

constexpr std::array<std::uint8_t, 11> kAuthEnvelopedData = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                                             0x01, 0x09, 0x10, 0x01, 0x17};
constexpr std::array<std::uint8_t, 9> kData = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
constexpr std::array<std::uint8_t, 7> kEcPublicKey = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::array<std::uint8_t, 9> kAes256Gcm = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2e};
// dhSinglePass-stdDH-sha256kdf-scheme and id-aes256-wrap.
constexpr std::array<std::uint8_t, 6> kStandardDhSha256 = {0x2b, 0x81, 0x04, 0x01, 0x0b, 0x01};
constexpr std::array<std::uint8_t, 9> kAes256Wrap = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2d};
constexpr std::uint8_t kText = 0x80;  // [0] IMPLICIT OCTET STRING, primitive
constexpr std::size_t kPointLength = 1 + 2 * 32;
constexpr std::size_t kNonceLength = 12;
constexpr std::uint8_t kTagLength = 16;

DerReader inside(DerReader& reader, std::uint8_t tag, bool& good) {
  const auto content = reader.take(tag);
  good = good && content.has_value();
  return DerReader(content.value_or(BytesView()));
}

BytesView octets(DerReader& reader, std::uint8_t tag, bool& good) { return inside(reader, tag, good).rest(); }

bool take_oid(DerReader& reader, BytesView wanted) {
  const auto oid = reader.take(kDerOid);
  return oid && std::ranges::equal(*oid, wanted);
}

// An AlgorithmIdentifier without parameters.
bool take_algorithm(DerReader& reader, BytesView oid) {
  bool good = true;
  DerReader algorithm = inside(reader, kDerSequence, good);
  return good && take_oid(algorithm, oid) && algorithm.at_end();
}

// OriginatorIdentifierOrKey: the sender's passing key as an uncompressed point without stray bits.
bool read_point(DerReader originator, EnvelopeParts& parts) {
  bool good = true;
  DerReader key = inside(originator, der_context(1), good);
  good = good && originator.at_end() && take_algorithm(key, kEcPublicKey);
  const BytesView bits = octets(key, kDerBitString, good);
  if (!good || !key.at_end() || bits.size() != 1 + kPointLength || bits[0] != 0 || bits[1] != 4) return false;
  parts.point = bits.subspan(1);
  return true;
}

// KeyEncryptionAlgorithmIdentifier. Only one is accepted: the cofactor variant, for one, would give the same
// key.
bool is_agreed_algorithm(DerReader algorithm) {
  return take_oid(algorithm, kStandardDhSha256) && take_algorithm(algorithm, kAes256Wrap) &&
         algorithm.at_end();
}

// RecipientEncryptedKey, whose recipient is named by issuer and serial number or by key identifier.
bool read_wrapped_key(DerReader key, EnvelopeParts& parts) {
  const BytesView whole = key.rest();
  const bool named = key.take(kDerSequence) || key.take(der_context(0));
  if (!named) return false;
  parts.recipient = whole.first(whole.size() - key.rest().size());
  bool good = true;
  parts.wrapped_key = octets(key, kDerOctetString, good);
  return good && key.at_end();
}

// KeyAgreeRecipientInfo: version 3, no user keying material, one encrypted key.
bool read_agreement(DerReader infos, EnvelopeParts& parts) {
  bool good = true;
  DerReader agreement = inside(infos, der_context(1), good);
  good = good && infos.at_end() && agreement.take_number(3);
  const DerReader originator = inside(agreement, der_context(0), good);
  const DerReader algorithm = inside(agreement, kDerSequence, good);
  DerReader keys = inside(agreement, kDerSequence, good);
  const DerReader key = inside(keys, kDerSequence, good);
  return good && agreement.at_end() && keys.at_end() && read_point(originator, parts) &&
         is_agreed_algorithm(algorithm) && read_wrapped_key(key, parts);
}

// EncryptedContentInfo.
bool read_content(DerReader content, EnvelopeParts& parts) {
  bool good = take_oid(content, kData);
  DerReader algorithm = inside(content, kDerSequence, good);
  good = good && take_oid(algorithm, kAes256Gcm);
  DerReader parameters = inside(algorithm, kDerSequence, good);
  parts.nonce = octets(parameters, kDerOctetString, good);
  good = good && parts.nonce.size() == kNonceLength && parameters.take_number(kTagLength);
  parts.text = octets(content, kText, good);
  return good && parameters.at_end() && algorithm.at_end() && content.at_end();
}

DerWriter algorithm_of(BytesView oid) { return DerWriter().element(kDerOid, oid); }

DerWriter write_agreement(const EnvelopeParts& parts) {
  DerWriter key;
  key.element(kDerSequence, algorithm_of(kEcPublicKey)).bits(parts.point);
  DerWriter algorithm = algorithm_of(kStandardDhSha256);
  algorithm.element(kDerSequence, algorithm_of(kAes256Wrap));
  DerWriter wrapped;
  wrapped.raw(parts.recipient).element(kDerOctetString, parts.wrapped_key);
  DerWriter agreement;
  agreement.number(3)
      .element(der_context(0), DerWriter().element(der_context(1), key))
      .element(kDerSequence, algorithm)
      .element(kDerSequence, DerWriter().element(kDerSequence, wrapped));
  return DerWriter().element(der_context(1), agreement);
}

DerWriter write_content(const EnvelopeParts& parts) {
  DerWriter parameters;
  parameters.element(kDerOctetString, parts.nonce).number(kTagLength);
  DerWriter algorithm = algorithm_of(kAes256Gcm);
  algorithm.element(kDerSequence, parameters);
  DerWriter content;
  content.element(kDerOid, kData).element(kDerSequence, algorithm).element(kText, parts.text);
  return content;
}

}  // namespace

std::optional<EnvelopeParts> read_envelope(BytesView der) {
  bool good = true;
  DerReader file(der);
  DerReader info = inside(file, kDerSequence, good);
  good = good && file.at_end() && take_oid(info, kAuthEnvelopedData);
  DerReader wrapped = inside(info, der_context(0), good);
  DerReader body = inside(wrapped, kDerSequence, good);
  good = good && info.at_end() && wrapped.at_end() && body.take_number(0);
  const DerReader infos = inside(body, kDerSet, good);
  const DerReader content = inside(body, kDerSequence, good);
  EnvelopeParts parts;
  parts.tag = octets(body, kDerOctetString, good);
  good = good && parts.tag.size() == kTagLength && body.at_end() && read_agreement(infos, parts) &&
         read_content(content, parts);
  if (!good) return {};
  return parts;
}

Bytes write_envelope(const EnvelopeParts& parts) {
  DerWriter body;
  body.number(0)
      .element(kDerSet, write_agreement(parts))
      .element(kDerSequence, write_content(parts))
      .element(kDerOctetString, parts.tag);
  DerWriter info = algorithm_of(kAuthEnvelopedData);
  info.element(der_context(0), DerWriter().element(kDerSequence, body));
  return DerWriter().element(kDerSequence, info).take();
}

BytesView wrapping_key_info() {
  static const Bytes info = [] {
    const std::array<std::uint8_t, 4> key_bits = {0, 0, 1, 0};
    DerWriter parts;
    parts.element(kDerSequence, algorithm_of(kAes256Wrap))
        .element(der_context(2), DerWriter().element(kDerOctetString, key_bits));
    return DerWriter().element(kDerSequence, parts).take();
  }();
  return info;
}

}  // namespace certstead

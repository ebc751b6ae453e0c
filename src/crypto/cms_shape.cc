#include "crypto/cms_shape.h"

#include <algorithm>
#include <array>

#include "crypto/der.h"

namespace certstead {
namespace {

constexpr std::array<std::uint8_t, 11> kAuthEnvelopedData = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                                             0x01, 0x09, 0x10, 0x01, 0x17};
constexpr std::array<std::uint8_t, 9> kData = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
constexpr std::array<std::uint8_t, 9> kAes256Gcm = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2e};
// dhSinglePass-stdDH-sha256kdf-scheme and id-aes256-wrap.
constexpr std::array<std::uint8_t, 6> kStandardDhSha256 = {0x2b, 0x81, 0x04, 0x01, 0x0b, 0x01};
constexpr std::array<std::uint8_t, 9> kAes256Wrap = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2d};
constexpr std::size_t kNonceLength = 12;
constexpr std::uint8_t kTagLength = 16;

bool take_oid(DerReader& reader, BytesView wanted) {
  const auto oid = reader.take(kDerOid);
  return oid && std::ranges::equal(*oid, wanted);
}

DerReader inside(DerReader& reader, std::uint8_t tag, bool& good) {
  const auto content = reader.take(tag);
  good = good && content.has_value();
  return DerReader(content.value_or(BytesView()));
}

// OriginatorIdentifierOrKey: the sender's passing key as an uncompressed point of P-256 without stray bits,
// which OpenSSL would overlook.
bool is_point(DerReader originator) {
  bool good = true;
  DerReader key = inside(originator, der_context(1), good);
  good = good && originator.at_end() && key.take(kDerSequence);
  const auto bits = key.take(kDerBitString);
  return good && key.at_end() && bits && bits->size() == 2 + 2 * 32 && (*bits)[0] == 0 && (*bits)[1] == 4;
}

// KeyEncryptionAlgorithmIdentifier. Only one is accepted: the cofactor variant, for one, would give the same
// key.
bool is_agreed_algorithm(DerReader algorithm) {
  bool good = take_oid(algorithm, kStandardDhSha256);
  DerReader wrap = inside(algorithm, kDerSequence, good);
  return good && algorithm.at_end() && take_oid(wrap, kAes256Wrap) && wrap.at_end();
}

// KeyAgreeRecipientInfo: version 3, no user keying material, one encrypted key.
bool is_one_agreement(DerReader infos) {
  bool good = true;
  DerReader agreement = inside(infos, der_context(1), good);
  good = good && infos.at_end() && agreement.take_number(3);
  const DerReader originator = inside(agreement, der_context(0), good);
  const DerReader algorithm = inside(agreement, kDerSequence, good);
  DerReader keys = inside(agreement, kDerSequence, good);
  return good && agreement.at_end() && is_point(originator) && is_agreed_algorithm(algorithm) &&
         keys.take(kDerSequence) && keys.at_end();
}

// EncryptedContentInfo.
bool is_gcm_content(DerReader content) {
  bool good = take_oid(content, kData);
  DerReader algorithm = inside(content, kDerSequence, good);
  good = good && take_oid(algorithm, kAes256Gcm);
  DerReader parameters = inside(algorithm, kDerSequence, good);
  const auto nonce = parameters.take(kDerOctetString);
  good = good && nonce && nonce->size() == kNonceLength && parameters.take_number(kTagLength);
  // The ciphertext: [0] IMPLICIT OCTET STRING, primitive.
  return good && parameters.at_end() && algorithm.at_end() && content.take(0x80) && content.at_end();
}

}  // namespace

bool is_gcm_envelope(BytesView der) {
  bool good = true;
  DerReader file(der);
  DerReader info = inside(file, kDerSequence, good);
  good = good && file.at_end() && take_oid(info, kAuthEnvelopedData);
  DerReader wrapped = inside(info, der_context(0), good);
  DerReader body = inside(wrapped, kDerSequence, good);
  good = good && info.at_end() && wrapped.at_end() && body.take_number(0);
  const DerReader infos = inside(body, kDerSet, good);
  const DerReader content = inside(body, kDerSequence, good);
  const auto tag = body.take(kDerOctetString);
  return good && tag && tag->size() == kTagLength && body.at_end() && is_one_agreement(infos) &&
         is_gcm_content(content);
}

}  // namespace certstead

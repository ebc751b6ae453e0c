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

// KeyAgreeRecipientInfo: version 3 and one encrypted key; the rest goes into the key derivation or is
// OpenSSL's matter.
bool is_one_agreement(DerReader infos) {
  bool good = true;
  DerReader agreement = inside(infos, der_context(1), good);
  good = good && infos.at_end() && agreement.take_number(3);
  good = good && agreement.take(der_context(0)) && agreement.take(kDerSequence);
  DerReader keys = inside(agreement, kDerSequence, good);
  return good && agreement.at_end() && keys.take(kDerSequence) && keys.at_end();
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

#include "crypto/cms.h"

#include <algorithm>
#include <array>

#include "crypto/aead.h"
#include "crypto/algorithms.h"
#include "crypto/cms_shape.h"
#include "crypto/der.h"
#include "crypto/der_writer.h"
#include "crypto/hasher.h"
#include "crypto/key_numbers.h"
#include "crypto/random.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxEnvelope = std::size_t{64} << 20;
constexpr std::size_t kKeyLength = 32, kNonceLength = 12, kTagLength = 16;
constexpr std::size_t kWrappedLength = kKeyLength + 8;  // RFC 3394

Error refused() {
  return denied(
      "the envelope does not open: it is for somebody else, was changed, or is of a kind that is not "
      "accepted",
      "envelope-refused");
}

// KeyAgreeRecipientIdentifier: by the key identifier, so that a renewed certificate over the same key still
// opens.
Bytes by_key_id(const Certificate& recipient) {
  const DerWriter id = DerWriter().element(kDerOctetString, recipient.subject_key_id());
  return DerWriter().element(der_context(0), id).take();
}

Bytes by_issuer(const Certificate& recipient) {
  std::uint8_t* name = nullptr;
  const int length = i2d_X509_NAME(X509_get_issuer_name(recipient.native()), &name);
  require_openssl(length > 0, "the encoding of a name");
  DerWriter both;
  both.raw(BytesView(name, static_cast<std::size_t>(length)));
  OPENSSL_free(name);
  both.element(kDerInteger, recipient.serial_octets());
  return DerWriter().element(kDerSequence, both).take();
}

bool is_named(BytesView recipient, const Certificate& certificate) {
  return (!certificate.subject_key_id().empty() && std::ranges::equal(recipient, by_key_id(certificate))) ||
         std::ranges::equal(recipient, by_issuer(certificate));
}

// What wraps the content's key (RFC 5753 section 7.2, X9.63 with SHA-256: one block is enough).
SecretBytes wrapping_key(const SecretBytes& shared) {
  constexpr std::array<std::uint8_t, 4> kFirstBlock = {0, 0, 0, 1};
  Sha256Hasher hash;
  hash.add(shared.reveal());
  hash.add(kFirstBlock);
  hash.add(wrapping_key_info());
  return SecretBytes(hash.finish());
}

// AES-256 key wrap (RFC 3394), or its reverse, which fails for another key.
Result<SecretBytes> wrap(bool forth, const SecretBytes& with, BytesView key) {
  clear_openssl_errors();
  const EvpCipherContext context(EVP_CIPHER_CTX_new());
  Bytes out(kWrappedLength + kKeyLength);  // more than either way needs
  int length = 0;
  if (context) EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  const bool good =
      context &&
      EVP_CipherInit_ex2(context.get(), cipher_aes_256_wrap(), with.reveal().data(), nullptr, forth ? 1 : 0,
                         nullptr) == 1 &&
      EVP_CipherUpdate(context.get(), out.data(), &length, key.data(), static_cast<int>(key.size())) == 1;
  if (!good) return openssl_error("wrapping a key");
  out.resize(static_cast<std::size_t>(length));
  return SecretBytes(std::move(out));
}

// What the holder of `key` shares with the sender of `point`. That the point is on the curve is checked where
// the key is made of it; P-256 has no other points.
Result<SecretBytes> agree(const PrivateKey& key, BytesView point) {
  TRY(const SharedKey sender, make_ec_key(*curve_of(KeyType::kP256), point));
  clear_openssl_errors();
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.native(), nullptr));
  Bytes shared(kKeyLength);
  std::size_t length = shared.size();
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer_ex(context.get(), sender.get(), 0) != 1 ||
      EVP_PKEY_derive(context.get(), shared.data(), &length) != 1 || length != shared.size())
    return openssl_error("agreeing on a key");
  return SecretBytes(std::move(shared));
}

}  // namespace

Result<Bytes> cms_seal(const SecretBytes& content, const Certificate& recipient) {
  if (recipient.public_key().type() != KeyType::kP256)
    return invalid("envelopes are sealed for P-256 certificates only");
  if (content.size() > kMaxEnvelope / 2) return invalid("more than 32 MiB can't be sealed at once; split it");
  const EcCurve& curve = *curve_of(KeyType::kP256);
  const SecretBytes passing = random_scalar(curve);
  TRY(const Bytes point, public_point(curve, passing.reveal()));
  TRY(const Bytes theirs, point_of(recipient.public_key().native()));
  TRY(const SecretBytes shared, shared_secret(curve, theirs, passing.reveal()));
  const SecretBytes content_key = random_secret(kKeyLength);
  TRY(const SecretBytes wrapped, wrap(true, wrapping_key(shared), content_key.reveal()));
  TRY(const Bytes sealed, aead_seal(content_key, content.reveal(), {}));
  const BytesView all = sealed;
  const Bytes named = recipient.subject_key_id().empty() ? by_issuer(recipient) : by_key_id(recipient);
  return write_envelope({.point = point,
                         .recipient = named,
                         .wrapped_key = wrapped.reveal(),
                         .nonce = all.first(kNonceLength),
                         .text = all.subspan(kNonceLength, content.size()),
                         .tag = all.last(kTagLength)});
}

Result<SecretBytes> cms_open(BytesView envelope, const Certificate& recipient, const PrivateKey& key) {
  if (envelope.size() > kMaxEnvelope || key.type() != KeyType::kP256 || !recipient.matches(key))
    return refused();
  const auto parts = read_envelope(envelope);
  if (!parts || parts->wrapped_key.size() != kWrappedLength || !is_named(parts->recipient, recipient))
    return refused();
  const auto shared = agree(key, parts->point);
  if (!shared) return refused();
  const auto content_key = wrap(false, wrapping_key(*shared), parts->wrapped_key);
  if (!content_key || content_key->size() != kKeyLength) return refused();
  Bytes sealed;
  sealed.reserve(envelope.size());
  for (const BytesView part : {parts->nonce, parts->text, parts->tag})
    sealed.insert(sealed.end(), part.begin(), part.end());
  auto opened = aead_open(*content_key, sealed, {});
  if (!opened) return refused();
  return opened;
}

}  // namespace certstead

#include <openssl/pem.h>

#include <optional>

#include "base/text.h"
#include "crypto/algorithms.h"
#include "crypto/der.h"
#include "crypto/key.h"
#include "crypto/key_decode.h"
#include "crypto/key_numbers.h"
#include "crypto/pem.h"
#include "crypto/signature.h"

namespace certstead {
namespace {

EVP_PKEY* generate_native(KeyType type) {
  switch (type) {
    case KeyType::kP256:
      return EVP_EC_gen("P-256");
    case KeyType::kP384:
      return EVP_EC_gen("P-384");
    case KeyType::kRsa2048:
      return EVP_RSA_gen(2048);
    case KeyType::kRsa3072:
      return EVP_RSA_gen(3072);
    case KeyType::kRsa4096:
      return EVP_RSA_gen(4096);
  }
  return nullptr;
}

void append(Bytes& out, std::initializer_list<std::uint8_t> header, BytesView content) {
  out.insert(out.end(), header);
  out.insert(out.end(), content.begin(), content.end());
}

// ECPrivateKey (RFC 5915) with curve and point, as i2d_PrivateKey() writes it, for which OpenSSL's encoder
// takes longer than for a signature. In one buffer, since it is secret. Nothing if the point is kept
// compressed.
std::optional<SecretBytes> sec1_of(const EcCurve& curve, const EVP_PKEY* key) {
  const auto point = point_of(key);
  const auto scalar = scalar_of(curve, key);
  if (!point || !scalar || point->size() != 1 + 2 * curve.length) return {};
  const auto size = [](std::size_t length) { return static_cast<std::uint8_t>(length); };
  const std::size_t length = 3 + 2 + curve.length + 4 + curve.oid.size() + 5 + point->size();
  Bytes out;
  out.reserve(length + 3);
  out.push_back(kDerSequence);
  if (length > 0x7f) out.push_back(0x81);
  append(out, {size(length), kDerInteger, 1, 1, kDerOctetString, size(curve.length)}, scalar->reveal());
  append(out, {der_context(0), size(2 + curve.oid.size()), kDerOid, size(curve.oid.size())}, curve.oid);
  append(out, {der_context(1), size(3 + point->size()), kDerBitString, size(1 + point->size()), 0}, *point);
  return SecretBytes(std::move(out));
}

void append_header(Bytes& out, std::uint8_t tag, std::size_t length) {
  out.push_back(tag);
  if (length > 0xff) {
    out.insert(out.end(), {0x82, static_cast<std::uint8_t>(length >> 8)});
  } else if (length > 0x7f) {
    out.push_back(0x81);
  }
  out.push_back(static_cast<std::uint8_t>(length));
}

void append_integer(Bytes& out, BytesView number) {
  while (number.size() > 1 && number.front() == 0) number = number.subspan(1);
  const bool padded = number.front() > 0x7f;
  append_header(out, kDerInteger, number.size() + (padded ? 1 : 0));
  if (padded) out.push_back(0);
  out.insert(out.end(), number.begin(), number.end());
}

// RSAPrivateKey (RFC 8017 appendix A.1.2), as i2d_PrivateKey() writes it, which leaves a copy in freed
// memory.
std::optional<SecretBytes> pkcs1_of(const EVP_PKEY* key) {
  const auto numbers = rsa_pair_of(key);
  if (!numbers) return {};
  constexpr std::size_t kHeader = 5;  // the most, with the octet that keeps a number positive
  Bytes body;
  body.reserve(kHeader + numbers->size() * (kHeader + numbers->front().size()));
  append_integer(body, Bytes{0});
  for (const SecretBytes& number : *numbers) append_integer(body, number.reveal());
  const SecretBytes secret(std::move(body));
  Bytes out;
  out.reserve(kHeader + secret.size());
  append_header(out, kDerSequence, secret.size());
  out.insert(out.end(), secret.reveal().begin(), secret.reveal().end());
  return SecretBytes(std::move(out));
}

// Signs once: shows that the two halves of a key belong together.
Status try_key(const PrivateKey& key) {
  const BytesView message = view_bytes("trial");
  const Result<Bytes> signature = key.sign(message);
  if (signature && key.public_key().verify(message, *signature)) return Done{};
  return invalid("the private key is damaged: its public half does not belong to it", "key-damaged");
}

}  // namespace

Result<PrivateKey> PrivateKey::generate(KeyType type) {
  clear_openssl_errors();
  EVP_PKEY* const key = generate_native(type);
  if (key == nullptr) return openssl_error("making a key");
  return PrivateKey(SharedKey(key, EVP_PKEY_free), type);
}

Result<PrivateKey> PrivateKey::from_der(BytesView der) {
  TRY(DecodedKey decoded, decode_private_key(der));
  PrivateKey key(std::move(decoded.key), decoded.type);
  if (decoded.foreign) CHECK_OK(try_key(key));
  return key;
}

Result<PrivateKey> PrivateKey::from_pem(BytesView pem) {
  if (pem.size() > kMaxPemText) return invalid("the text is too long to be a key; choose the right file");
  std::string_view text = view_text(pem);
  while (const auto block = next_pem_block(text)) {
    if (block->label == "ENCRYPTED PRIVATE KEY" ||
        (block->label.ends_with("PRIVATE KEY") && block->has_headers()))
      return invalid("the private key is encrypted; decrypt it first (openssl pkey)", "key-encrypted");
    if (block->label != "PRIVATE KEY" && block->label != "EC PRIVATE KEY" &&
        block->label != "RSA PRIVATE KEY")
      continue;
    TRY(const SecretBytes der, decode_pem(*block));
    TRY(DecodedKey decoded, decode_private_key(der.reveal()));
    PrivateKey key(std::move(decoded.key), decoded.type);
    CHECK_OK(try_key(key));
    return key;
  }
  return invalid("there is no private key in this text; it must hold a block \"BEGIN PRIVATE KEY\"",
                 "key-absent");
}

SecretBytes PrivateKey::to_der() const {
  const EcCurve* const curve = curve_of(type_);
  auto written = curve != nullptr ? sec1_of(*curve, key_.get()) : pkcs1_of(key_.get());
  if (written) return std::move(*written);
  clear_openssl_errors();
  std::uint8_t* der = nullptr;
  const int length = i2d_PrivateKey(key_.get(), &der);
  require_openssl(length > 0, "the encoding of a private key");
  SecretBytes copy(BytesView(der, static_cast<std::size_t>(length)));
  OPENSSL_clear_free(der, static_cast<std::size_t>(length));
  return copy;
}

SecretBytes PrivateKey::to_pkcs8_pem() const {
  clear_openssl_errors();
  // A memory BIO wipes its buffer when it grows and when it is freed.
  const BioHandle bio(BIO_new(BIO_s_mem()));
  require_openssl(
      bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
      "the encoding of a private key");
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return SecretBytes(view_bytes({text, static_cast<std::size_t>(length)}));
}

Result<Bytes> PrivateKey::sign(BytesView message) const {
  clear_openssl_errors();
  const EvpMdContext context(EVP_MD_CTX_new());
  std::size_t length = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, digest_of(type_), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &length, message.data(), message.size()) != 1)
    return openssl_error("signing");
  Bytes signature(length);
  if (EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()) != 1)
    return openssl_error("signing");
  signature.resize(length);
  return signature;
}

Result<Bytes> PrivateKey::sign_jws(BytesView message) const {
  TRY(Bytes signature, sign(message));
  const EcCurve* const curve = curve_of(type_);
  if (curve == nullptr) return signature;
  return ecdsa_der_to_pair(signature, curve->length);
}

}  // namespace certstead

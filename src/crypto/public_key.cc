#include <openssl/core_names.h>

#include <algorithm>
#include <bit>

#include "crypto/algorithms.h"
#include "crypto/key.h"
#include "crypto/key_numbers.h"
#include "crypto/signature.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxSpki = 8192;
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;

using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_free>>;

BytesView without_leading_zeros(BytesView number) {
  while (!number.empty() && number.front() == 0) number = number.subspan(1);
  return number;
}

// A number of the key, big-endian, of `length` octets (0: as many as it needs).
Result<Bytes> number_of(const EVP_PKEY* key, const char* name, std::size_t length) {
  clear_openssl_errors();
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1)
    return openssl_error("reading a number of a key", Code::kInvalid);
  const BigNumber number(raw);
  Bytes octets(length != 0 ? length : static_cast<std::size_t>(BN_num_bytes(raw)));
  if (BN_bn2binpad(raw, octets.data(), static_cast<int>(octets.size())) < 0)
    return openssl_error("reading a number of a key");
  return octets;
}

}  // namespace

Result<PublicKey> PublicKey::from_spki(BytesView der) {
  const Error bad = invalid("this is no public key (SubjectPublicKeyInfo)", "public-key");
  if (der.size() > kMaxSpki) return bad;
  clear_openssl_errors();
  const std::uint8_t* at = der.data();
  EvpKey key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  clear_openssl_errors();
  if (!key || at != der.data() + der.size()) return bad;
  return PublicKey(SharedKey(std::move(key)));
}

Result<PublicKey> PublicKey::from_ec_coordinates(KeyType curve, BytesView x, BytesView y) {
  const EcCurve* const known = curve_of(curve);
  if (known == nullptr) return invalid("coordinates belong to EC keys only", "public-key");
  if (x.size() != known->length || y.size() != known->length)
    return invalid("the coordinates of an EC key have the wrong length", "public-key");
  Bytes point = {0x04};
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  Result<SharedKey> key = make_ec_key(*known, point);
  if (!key) return invalid("the coordinates of the EC key are no point on its curve", "public-key");
  return PublicKey(std::move(*key));
}

Result<PublicKey> PublicKey::from_rsa_numbers(BytesView modulus, BytesView exponent) {
  const BytesView n = without_leading_zeros(modulus);
  const BytesView e = without_leading_zeros(exponent);
  const std::size_t bits =
      n.empty() ? 0 : n.size() * 8 - static_cast<std::size_t>(std::countl_zero(n.front()));
  if (bits < kMinRsaBits || bits > kMaxRsaBits)
    return invalid("the modulus of an RSA key must have 2048 to 8192 bits", "public-key");
  if ((n.back() & 1) == 0)
    return invalid("the modulus of the RSA key is even, so it is no such key", "public-key");
  // OpenSSL verifies with exponents of at most 64 bits for long moduli.
  if (e.empty() || e.size() > 8 || (e.back() & 1) == 0 || (e.size() == 1 && e.front() == 1))
    return invalid("the exponent of an RSA key must be odd, at least 3 and at most 64 bits long",
                   "public-key");
  TRY(SharedKey key, make_rsa_public_key(n, e));
  return PublicKey(std::move(key));
}

Bytes PublicKey::spki() const {
  clear_openssl_errors();
  std::uint8_t* der = nullptr;
  const int length = i2d_PUBKEY(key_.get(), &der);
  require_openssl(length > 0, "the encoding of a public key");
  Bytes copy(der, der + length);
  OPENSSL_free(der);
  return copy;
}

std::optional<KeyType> PublicKey::type() const { return type_of(key_.get()); }

bool PublicKey::same_as(const PublicKey& other) const {
  clear_openssl_errors();
  const bool same = EVP_PKEY_eq(key_.get(), other.key_.get()) == 1;
  clear_openssl_errors();
  return same;
}

bool PublicKey::verify(BytesView message, BytesView signature) const {
  const bool rsa = EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA;
  const auto kind = type();
  // RSA keys of other sizes than ours may sign what we read; other kinds may not.
  const int bits = EVP_PKEY_get_bits(key_.get());
  if (rsa ? bits < kMinRsaBits || bits > kMaxRsaBits : !kind) return false;
  clear_openssl_errors();
  const EvpMdContext context(EVP_MD_CTX_new());
  const EVP_MD* const digest = rsa ? md_sha256() : digest_of(*kind);
  const bool good =
      context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) ==
          1;
  clear_openssl_errors();
  return good;
}

bool PublicKey::verify_jws(BytesView message, BytesView signature) const {
  const auto kind = type();
  const EcCurve* const curve = kind ? curve_of(*kind) : nullptr;
  if (curve == nullptr) return verify(message, signature);
  const Result<Bytes> der = ecdsa_pair_to_der(signature, curve->length);
  return der && verify(message, *der);
}

Result<PublicKey::Coordinates> PublicKey::ec_coordinates() const {
  const auto kind = type();
  const EcCurve* const curve = kind ? curve_of(*kind) : nullptr;
  if (curve == nullptr) return invalid("only P-256 and P-384 keys have coordinates here");
  TRY(Bytes x, number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, curve->length));
  TRY(Bytes y, number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, curve->length));
  return Coordinates{std::move(x), std::move(y)};
}

Result<PublicKey::RsaNumbers> PublicKey::rsa_numbers() const {
  if (EVP_PKEY_get_base_id(key_.get()) != EVP_PKEY_RSA) return invalid("only RSA keys have a modulus");
  TRY(Bytes modulus, number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0));
  TRY(Bytes exponent, number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0));
  return RsaNumbers{std::move(modulus), std::move(exponent)};
}

}  // namespace certstead

#include "jose/jwk.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/roca.h"

namespace certstead {
namespace {

std::string ec_text(std::string_view curve, const PublicKey::Coordinates& point) {
  return std::string(R"({"crv":")").append(curve) + R"(","kty":"EC","x":")" + base64url_encode(point.x) +
         R"(","y":")" + base64url_encode(point.y) + "\"}";
}

Result<Bytes> number_of(const JsonObject& jwk, std::string_view name) {
  TRY(const std::string text, jwk.string(name));
  auto bytes = base64url_decode(text);
  if (!bytes) return bytes.error().within("The key's \"" + std::string(name) + "\"");
  return bytes;
}

Result<PublicKey> read_ec(const JsonObject& jwk) {
  TRY(const std::string curve, jwk.string("crv"));
  TRY(const Bytes x, number_of(jwk, "x"));
  TRY(const Bytes y, number_of(jwk, "y"));
  const bool p256 = curve == "P-256";
  if (!p256 && curve != "P-384")
    return invalid("The key is on the curve \"" + printable(curve, 40) + "\"; use P-256 or P-384.",
                   "jwk-curve");
  const std::size_t length = p256 ? 32 : 48;
  if (x.size() != length || y.size() != length)
    return invalid("The key's coordinates do not have the length of its curve.", "jwk-coordinates");
  return PublicKey::from_ec_coordinates(p256 ? KeyType::kP256 : KeyType::kP384, x, y);
}

Result<PublicKey> read_rsa(const JsonObject& jwk) {
  TRY(const Bytes modulus, number_of(jwk, "n"));
  TRY(const Bytes exponent, number_of(jwk, "e"));
  if (modulus.empty() || modulus.front() == 0 || exponent.empty() || exponent.front() == 0)
    return invalid("The key's numbers are not written in their shortest form.", "jwk-number");
  // Longer exponents only serve to make verifying slow.
  const bool below_three = exponent.size() == 1 && exponent.front() < 3;
  if (exponent.size() > 4 || below_three || exponent.back() % 2 == 0)
    return invalid("The key's public exponent is not an odd number of 3 or more in 32 bits.", "jwk-exponent");
  if (has_roca_shape(modulus))
    return invalid("The key has the weakness of CVE-2017-15361 (ROCA); make another one.", "jwk-weak");
  TRY(const PublicKey key, PublicKey::from_rsa_numbers(modulus, exponent));
  if (!key.type()) return invalid("The RSA key must have 2048, 3072 or 4096 bits.", "jwk-size");
  return key;
}

// Members that only private or symmetric keys have.
Status check_public(const JsonObject& jwk) {
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
    if (jwk.has(name))
      return invalid("The key has a private part; send the public key alone.", "jwk-private");
  return Done{};
}

Status check_purpose(const JsonObject& jwk, std::string_view algorithm) {
  TRY(const auto use, jwk.optional_string("use"));
  if (use && *use != "sig") return invalid("The key's \"use\" is not \"sig\".", "jwk-use");
  TRY(const auto operations, jwk.optional_strings("key_ops"));
  if (operations && std::find(operations->begin(), operations->end(), "verify") == operations->end())
    return invalid("The key's \"key_ops\" do not name \"verify\".", "jwk-use");
  TRY(const auto named, jwk.optional_string("alg"));
  if (named && *named != algorithm)
    return invalid("The key's \"alg\" is not " + std::string(algorithm) + ", which its kind needs.",
                   "jwk-alg");
  return Done{};
}

}  // namespace

std::string_view jws_algorithm(KeyType type) {
  switch (type) {
    case KeyType::kP256:
      return "ES256";
    case KeyType::kP384:
      return "ES384";
    case KeyType::kRsa2048:
    case KeyType::kRsa3072:
    case KeyType::kRsa4096:
      return "RS256";
  }
  return {};
}

Result<std::string> jwk_text(const PublicKey& key) {
  const std::optional<KeyType> type = key.type();
  if (!type) return invalid("A key of this kind has no JWK here; use P-256, P-384 or RSA.", "jwk-kind");
  if (is_rsa(*type)) {
    TRY(const PublicKey::RsaNumbers numbers, key.rsa_numbers());
    return R"({"e":")" + base64url_encode(numbers.exponent) + R"(","kty":"RSA","n":")" +
           base64url_encode(numbers.modulus) + "\"}";
  }
  TRY(const PublicKey::Coordinates point, key.ec_coordinates());
  return ec_text(*type == KeyType::kP256 ? "P-256" : "P-384", point);
}

Result<std::string> jwk_thumbprint(const PublicKey& key) {
  TRY(const std::string text, jwk_text(key));
  return base64url_encode(sha256(view_bytes(text)));
}

Result<std::string> key_authorization(std::string_view token, const PublicKey& account_key) {
  TRY(const std::string thumbprint, jwk_thumbprint(account_key));
  return std::string(token) + "." + thumbprint;
}

Result<PublicKey> read_jwk(const JsonObject& jwk) {
  TRY(const std::string kind, jwk.string("kty"));
  CHECK_OK(check_public(jwk));
  if (kind != "EC" && kind != "RSA")
    return invalid("The key is of the kind \"" + printable(kind, 40) + "\"; use EC or RSA.", "jwk-kind");
  TRY(const PublicKey key, kind == "EC" ? read_ec(jwk) : read_rsa(jwk));
  CHECK_OK(check_purpose(jwk, jws_algorithm(*key.type())));
  return key;
}

}  // namespace certstead

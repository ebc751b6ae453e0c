#include "jose/jwk.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/roca.h"
#include "json/json.h"

namespace certstead {
namespace {

Result<PublicKey> read(std::string_view text) {
  TRY(const boost::json::value value, parse_json(text));
  TRY(const JsonObject jwk, JsonObject::of(value));
  return read_jwk(jwk);
}

std::string with(std::string text, std::string_view old_part, std::string_view new_part) {
  const std::size_t at = text.find(old_part);
  EXPECT_NE(at, std::string::npos) << old_part;
  return text.replace(at, old_part.size(), new_part);
}

std::string text_of(KeyType type) { return jwk_text(PrivateKey::generate(type)->public_key()).value(); }

// The example of RFC 7638 section 3.1.
constexpr std::string_view kRfc7638Modulus =
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
    "BJECPebWKRXjBZCiFV4n3oknjhM"
    "stn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
    "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5"
    "hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
    "kEgU8awapJzKnqDKgw";

TEST(Jwk, HasTheThumbprintOfTheRfcExample) {
  const auto key = read(R"({"kty":"RSA","alg":"RS256","kid":"2011-04-29","e":"AQAB","n":")" +
                        std::string(kRfc7638Modulus) + "\"}");
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_EQ(jwk_thumbprint(*key).value(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  EXPECT_EQ(key_authorization("tok", *key).value(), "tok.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(Jwk, ReadsWhatItWrites) {
  for (const KeyType type : {KeyType::kP256, KeyType::kP384, KeyType::kRsa2048}) {
    const PublicKey key = PrivateKey::generate(type)->public_key();
    const auto back = read(jwk_text(key).value());
    ASSERT_TRUE(back) << key_type_name(type) << ": " << back.error().detail;
    EXPECT_TRUE(back->same_as(key));
  }
}

TEST(Jwk, WritesCoordinatesInTheFullLengthOfTheCurve) {
  for (int i = 0; i < 600; ++i) {  // one in 128 keys has a coordinate that starts with a zero octet
    const std::string text = text_of(KeyType::kP256);
    ASSERT_EQ(text.size(), std::string_view(R"({"crv":"P-256","kty":"EC","x":"","y":""})").size() + 86)
        << text;
  }
}

TEST(Jwk, RefusesKeysThatAreNotForVerifying) {
  const std::string key = text_of(KeyType::kP256);
  const auto id_with = [&](std::string_view more) {
    const auto result = read(with(key, "}", "," + std::string(more) + "}"));
    return result ? std::string("taken") : result.error().id;
  };
  EXPECT_EQ(id_with(R"("use":"sig","alg":"ES256","key_ops":["verify"])"), "taken");
  EXPECT_EQ(id_with(R"("use":"enc")"), "jwk-use");
  EXPECT_EQ(id_with(R"("key_ops":["encrypt"])"), "jwk-use");
  EXPECT_EQ(id_with(R"("alg":"ES384")"), "jwk-alg");
  EXPECT_EQ(id_with(R"("d":"AAAA")"), "jwk-private");
}

TEST(Jwk, RefusesPointsAndCurvesThatDoNotFit) {
  const std::string key = text_of(KeyType::kP256);
  EXPECT_EQ(read(with(key, "P-256", "P-384")).error().id, "jwk-coordinates");
  EXPECT_EQ(read(with(key, "P-256", "secp256k1")).error().id, "jwk-curve");
  EXPECT_EQ(read(with(key, "\"EC\"", "\"oct\"")).error().id, "jwk-kind");
  const std::string zeros = base64url_encode(Bytes(32, 0));
  const auto off_curve = read(R"({"kty":"EC","crv":"P-256","x":")" + zeros + R"(","y":")" + zeros + "\"}");
  ASSERT_FALSE(off_curve);
  EXPECT_EQ(off_curve.error().code, Code::kInvalid);
}

TEST(Jwk, RefusesRsaKeysThatAreWeakOrOddlyWritten) {
  const std::string key = R"({"kty":"RSA","e":"AQAB","n":")" + std::string(kRfc7638Modulus) + "\"}";
  ASSERT_TRUE(read(key));
  EXPECT_EQ(read(with(key, "AQAB", "AQ")).error().id, "jwk-exponent");
  EXPECT_EQ(read(with(key, "AQAB", "BA")).error().id, "jwk-exponent");
  EXPECT_EQ(read(with(key, "AQAB", "AAEAAQ")).error().id, "jwk-number");
  EXPECT_EQ(read(with(key, "AQAB", "AQAAAAAB")).error().id, "jwk-exponent");
  EXPECT_EQ(read(with(key, "AQAB", "")).error().id, "jwk-number");
  EXPECT_FALSE(read(with(key, kRfc7638Modulus, kRfc7638Modulus.substr(0, 171))));
}

TEST(Roca, RecognisesPowersOf65537AndNoSoundModulus) {
  EXPECT_TRUE(has_roca_shape(Bytes{1, 0, 1}));
  EXPECT_TRUE(has_roca_shape(Bytes{1, 0, 2, 0, 1}));  // 65537 squared
  EXPECT_FALSE(has_roca_shape(base64url_decode(kRfc7638Modulus).value()));
}

}  // namespace
}  // namespace certstead

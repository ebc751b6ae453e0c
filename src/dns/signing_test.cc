#include "dns/signing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/key.h"

namespace certstead {
namespace {

using testing::HasSubstr;

// The example "get-vanilla" of the test suite that AWS published for Signature Version 4.
TEST(AwsSignature, IsTheOneOfThePublishedExample) {
  HttpRequest request;
  request.url = "https://example.amazonaws.com/";
  AwsKey key{.access_key_id = "AKIDEXAMPLE",
             .region = "us-east-1",
             .service = "service",
             .session_token = "",
             .secret_key = SecretBytes(view_bytes("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))};
  ASSERT_TRUE(sign_aws_v4(request, key, *parse_rfc3339("2015-08-30T12:36:00Z")));
  EXPECT_EQ(request.headers.get("X-Amz-Date"), "20150830T123600Z");
  EXPECT_EQ(request.headers.get("Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

std::string hex_of(std::string_view digest, std::string_view key, std::string_view message) {
  return hex_encode(*make_signature(*parse_digest(digest), SecretBytes(view_bytes(key)), message));
}

// RFC 2202 section 3 and RFC 4231 section 4.3, the second case of each.
TEST(Signature, HmacsAreThoseOfTheRfcs) {
  constexpr const char* kText = "what do ya want for nothing?";
  EXPECT_EQ(hex_of("hmac-sha1", "Jefe", kText), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(hex_of("hmac-sha256", "Jefe", kText),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex_of("hmac-sha512", "Jefe", kText),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
            "caeab1a34d4"
            "a6b4b636e070a38bce737");
  EXPECT_EQ(hex_of("sha1", "ignored", "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_FALSE(parse_digest("md5"));
}

TEST(Signature, AJwtIsVerifiedByItsPublicKey) {
  const auto key = PrivateKey::generate(KeyType::kRsa2048);
  ASSERT_TRUE(key);
  const SecretBytes pem = key->to_pkcs8_pem();
  const auto jwt = make_jwt_rs256(pem, "kid-1", R"({"iss":"me"})");
  ASSERT_TRUE(jwt) << jwt.error().detail;
  const auto parts = split(*jwt, '.');
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(to_text(*base64url_decode(parts[0])), R"({"alg":"RS256","typ":"JWT","kid":"kid-1"})");
  const std::string input = std::string(parts[0]) + "." + std::string(parts[1]);
  EXPECT_TRUE(key->public_key().verify(view_bytes(input), *base64url_decode(parts[2])));
}

TEST(Signature, RefusesAKeyOfAnotherKind) {
  const SecretBytes pem = PrivateKey::generate(KeyType::kP256)->to_pkcs8_pem();
  const auto jwt = make_jwt_rs256(pem, "", "{}");
  ASSERT_FALSE(jwt);
  EXPECT_THAT(jwt.error().detail, HasSubstr("RSA"));
  EXPECT_FALSE(make_jwt_rs256(SecretBytes(view_bytes("no key")), "", "{}"));
}

}  // namespace
}  // namespace certstead

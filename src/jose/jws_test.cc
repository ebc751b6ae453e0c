#include "jose/jws.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace certstead {
namespace {

const JwsHeader kHeader{"https://ca.test/order", "bm9uY2U", "https://ca.test/account/1"};

std::string with(std::string text, std::string_view old_part, std::string_view new_part) {
  const std::size_t at = text.find(old_part);
  EXPECT_NE(at, std::string::npos) << old_part;
  return text.replace(at, old_part.size(), new_part);
}

// A message with this protected header and a signature that nobody made.
std::string message(std::string_view header) {
  return R"({"protected":")" + base64url_encode(view_bytes(header)) + R"(","payload":"","signature":"AAAA"})";
}

std::string refusal(std::string_view text) {
  const auto jws = read_jws(text);
  return jws ? "taken" : jws.error().id.empty() ? jws.error().detail : jws.error().id;
}

TEST(Jws, VerifiesWhatEachKindOfKeySigned) {
  for (const KeyType type : {KeyType::kP256, KeyType::kP384, KeyType::kRsa2048}) {
    const PrivateKey key = PrivateKey::generate(type).value();
    const auto jws = read_jws(sign_jws(key, kHeader, R"({"a":1})").value());
    ASSERT_TRUE(jws) << jws.error().detail;
    EXPECT_EQ(jws->payload, R"({"a":1})");
    EXPECT_EQ(jws->url, kHeader.url);
    EXPECT_EQ(jws->nonce, kHeader.nonce);
    EXPECT_EQ(jws->kid, kHeader.kid);
    EXPECT_FALSE(jws->jwk);
    EXPECT_TRUE(verify_jws(*jws, key.public_key()));
    EXPECT_EQ(verify_jws(*jws, PrivateKey::generate(type)->public_key()).error().id, "jws-signature");
  }
}

TEST(Jws, CarriesTheKeyItselfWithoutAKid) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const auto jws = read_jws(sign_jws(key, {"https://ca.test/new", "n", ""}, "{}").value());
  ASSERT_TRUE(jws) << jws.error().detail;
  ASSERT_TRUE(jws->jwk);
  EXPECT_TRUE(jws->jwk->same_as(key.public_key()));
  EXPECT_TRUE(verify_jws(*jws, *jws->jwk));
}

TEST(Jws, KeepsAnEmptyPayloadEmpty) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const std::string text = sign_jws(key, kHeader, "").value();
  EXPECT_NE(text.find(R"("payload":"")"), std::string::npos);
  EXPECT_TRUE(verify_jws(read_jws(text).value(), key.public_key()));
}

TEST(Jws, NoticesAChangeInEveryPart) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const Jws good = read_jws(sign_jws(key, kHeader, "{}").value()).value();
  Jws other = good;
  other.signing_input.back() ^= 1;
  EXPECT_EQ(verify_jws(other, key.public_key()).error().id, "jws-signature");
  other = good;
  other.signature.back() ^= 1;
  EXPECT_EQ(verify_jws(other, key.public_key()).error().id, "jws-signature");
  other = good;
  other.signature.push_back(0);
  EXPECT_EQ(verify_jws(other, key.public_key()).error().id, "jws-signature");
}

TEST(Jws, TakesTheAlgorithmFromTheKey) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  Jws jws = read_jws(sign_jws(key, kHeader, "{}").value()).value();
  jws.algorithm = "RS256";
  EXPECT_EQ(verify_jws(jws, key.public_key()).error().id, "jws-algorithm");
  // The public key's bytes as an HMAC key: the old confusion.
  const SecretBytes spki(key.public_key().spki());
  const Jws confused = read_jws(sign_jws_hs256(spki, kHeader, "{}").value()).value();
  EXPECT_EQ(verify_jws(confused, key.public_key()).error().id, "jws-algorithm");
}

TEST(Jws, BindsExternalAccountsWithHmac) {
  const SecretBytes key(Bytes(32, 7));
  const Jws jws = read_jws(sign_jws_hs256(key, {"https://ca.test/new", "", "kid-1"}, "{}").value()).value();
  EXPECT_EQ(jws.algorithm, "HS256");
  EXPECT_EQ(jws.kid, "kid-1");
  EXPECT_EQ(jws.nonce, "");
  EXPECT_TRUE(verify_jws_hs256(jws, key));
  EXPECT_EQ(verify_jws_hs256(jws, SecretBytes(Bytes(32, 8))).error().id, "jws-signature");
  EXPECT_EQ(verify_jws_hs256(jws, SecretBytes(Bytes(31, 7))).error().id, "jws-short-key");
  EXPECT_EQ(sign_jws_hs256(SecretBytes(), kHeader, "").error().id, "eab-needed");
}

TEST(Jws, RefusesWhatTwoReadersCouldReadInTwoWays) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const std::string good = sign_jws(key, kHeader, "{}").value();
  ASSERT_EQ(refusal(good), "taken");
  EXPECT_EQ(refusal(with(good, "}", R"(,"header":{}})")), "jws-members");
  EXPECT_EQ(refusal(with(good, "}", R"(,"signatures":[]})")), "jws-members");
  EXPECT_NE(refusal(with(good, "}", R"(,"payload":"e30"})")), "taken");
  EXPECT_NE(refusal(with(good, "e30", "e30=")), "taken");
  EXPECT_NE(refusal(with(good, "e30", "e31")), "taken");
  EXPECT_NE(refusal(with(good, "e30", " e30")), "taken");
  EXPECT_NE(refusal(good + "{}"), "taken");
  EXPECT_NE(refusal(""), "taken");
  EXPECT_NE(refusal("[]"), "taken");
  EXPECT_EQ(refusal(R"({"protected":"e30","payload":"","signature":""})"), "jws-signature");
}

TEST(Jws, RefusesHeadersThatItDoesNotFullyUnderstand) {
  EXPECT_EQ(refusal(message(R"({"alg":"ES256","kid":"k"})")), "taken");
  EXPECT_EQ(refusal(message(R"({"alg":"none"})")), "jws-algorithm");
  EXPECT_EQ(refusal(message(R"({"alg":"PS256"})")), "jws-algorithm");
  EXPECT_EQ(refusal(message(R"({"alg":"ES256","crit":["exp"]})")), "jws-extension");
  EXPECT_EQ(refusal(message(R"({"alg":"ES256","b64":false})")), "jws-extension");
  EXPECT_EQ(refusal(message(R"({"alg":"ES256","kid":"k","jwk":{}})")), "jws-two-keys");
  EXPECT_NE(refusal(message(R"({"alg":"ES256","alg":"ES256"})")), "taken");
  EXPECT_NE(refusal(message(R"({"kid":"k"})")), "taken");
  EXPECT_NE(refusal(message(R"({"alg":["ES256"]})")), "taken");
}

TEST(Jws, RefusesMessagesBeyondItsLimit) {
  EXPECT_NE(
      refusal(R"({"protected":"","payload":")" + std::string(kMaxJws, 'A') + R"(","signature":"AAAA"})"),
      "taken");
}

}  // namespace
}  // namespace certstead

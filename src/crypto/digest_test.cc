#include "crypto/digest.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace certstead {
namespace {

Bytes hex(std::string_view text) { return hex_decode(text).value(); }

TEST(Sha256, AgreesWithFips180) {
  EXPECT_EQ(sha256_hex(view_bytes("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hmac, AgreesWithRfc4231) {
  EXPECT_EQ(
      hex_encode(hmac_sha256(SecretBytes(view_bytes("Jefe")), view_bytes("what do ya want for nothing?"))),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex_encode(hmac_sha256(SecretBytes(Bytes(131, 0xaa)),
                                   view_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// RFC 2202 and RFC 4231, test case 2.
TEST(Hmac, KnowsOtherDigests) {
  const auto mac = [](MacDigest digest) {
    return hex_encode(
        hmac(digest, SecretBytes(view_bytes("Jefe")), view_bytes("what do ya want for nothing?")));
  };
  EXPECT_EQ(mac(MacDigest::kSha1), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(
      mac(MacDigest::kSha384),
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649");
  EXPECT_EQ(mac(MacDigest::kSha512),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

TEST(Hmac, TakesAnEmptyKeyAndAnEmptyMessage) {
  EXPECT_EQ(hex_encode(hmac_sha256(SecretBytes(), {})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hkdf, AgreesWithRfc5869) {
  const SecretBytes secret(Bytes(22, 0x0b));
  EXPECT_EQ(
      hex_encode(
          hkdf_sha256(secret, hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9"), 42).reveal()),
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(hex_encode(hkdf_sha256(secret, {}, {}, 42).reveal()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, GivesAsMuchAsItIsAskedFor) {
  const SecretBytes secret(view_bytes("secret"));
  EXPECT_TRUE(hkdf_sha256(secret, {}, {}, 0).empty());
  const SecretBytes most = hkdf_sha256(secret, {}, {}, 8160);
  EXPECT_EQ(most.size(), 8160U);
  EXPECT_EQ(hex_encode(hkdf_sha256(secret, {}, {}, 33).reveal()), hex_encode(most.reveal().first(33)));
}

}  // namespace
}  // namespace certstead

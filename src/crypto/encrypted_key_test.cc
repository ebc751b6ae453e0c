#include "crypto/encrypted_key.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace certstead {
namespace {

SecretBytes secret(std::string_view text) { return SecretBytes(view_bytes(text)); }

TEST(EncryptedKey, OpensWithItsPasswordOnly) {
  for (const KeyType type : {KeyType::kP256, KeyType::kRsa2048}) {
    const PrivateKey key = PrivateKey::generate(type).value();
    const Bytes der = encrypt_key(key, secret("a long password")).value();
    const auto opened = decrypt_key(der, secret("a long password"));
    ASSERT_TRUE(opened) << opened.error().detail;
    EXPECT_TRUE(opened->public_key().same_as(key.public_key()));
    const auto wrong = decrypt_key(der, secret("a long passwore"));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, Code::kDenied);
    EXPECT_EQ(wrong.error().id, "key-password");
    EXPECT_FALSE(decrypt_key(der, {}));
  }
}

TEST(EncryptedKey, IsAnotherOneEachTime) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  EXPECT_NE(encrypt_key(key, secret("pw")).value(), encrypt_key(key, secret("pw")).value());
  EXPECT_EQ(encrypt_key(key, {}).error().id, "password-empty");
}

TEST(EncryptedKey, OtherSchemesAndDamageAreRefusedBeforeAnythingIsDerived) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const Bytes der = encrypt_key(key, secret("pw")).value();
  EXPECT_EQ(decrypt_key(BytesView(der).first(der.size() - 1), secret("pw")).error().id, "key-encrypted");
  Bytes longer = der;
  longer.push_back(0);
  EXPECT_EQ(decrypt_key(longer, secret("pw")).error().id, "key-encrypted");
  EXPECT_EQ(decrypt_key(Bytes(9000, 0x30), secret("pw")).error().id, "key-encrypted");
  EXPECT_EQ(decrypt_key({}, secret("pw")).error().id, "key-encrypted");
  // N = 2^14 as "02 02 40 00", made 2^30 of the same length of numbers elsewhere: another cost.
  const Bytes cost = {0x02, 0x02, 0x40, 0x00};
  Bytes dear = der;
  const auto at = std::search(dear.begin(), dear.end(), cost.begin(), cost.end());
  ASSERT_NE(at, dear.end());
  *(at + 2) = 0x7f;
  EXPECT_EQ(decrypt_key(dear, secret("pw")).error().id, "key-encrypted");
}

}  // namespace
}  // namespace certstead

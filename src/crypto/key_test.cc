#include "crypto/key.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <algorithm>

#include "crypto/random.h"

namespace certstead {
namespace {

PrivateKey make(KeyType type = KeyType::kP256) { return PrivateKey::generate(type).value(); }

class EveryKeyType : public testing::TestWithParam<KeyType> {};

TEST_P(EveryKeyType, SurvivesEveryFormAndSignsInBoth) {
  const PrivateKey key = make(GetParam());
  EXPECT_EQ(key.type(), GetParam());
  EXPECT_EQ(key.public_key().type(), GetParam());
  const PrivateKey from_der = PrivateKey::from_der(key.to_der().reveal()).value();
  const PrivateKey from_pem = PrivateKey::from_pem(key.to_pkcs8_pem().reveal()).value();
  EXPECT_TRUE(from_der.public_key().same_as(key.public_key()));
  EXPECT_EQ(from_pem.type(), GetParam());
  EXPECT_TRUE(std::ranges::equal(from_pem.to_der().reveal(), key.to_der().reveal()));

  const Bytes message = random_bytes(100);
  const PublicKey reader = PublicKey::from_spki(key.public_key().spki()).value();
  const Bytes signature = from_der.sign(message).value();
  const Bytes jws = from_der.sign_jws(message).value();
  EXPECT_TRUE(reader.verify(message, signature));
  EXPECT_TRUE(reader.verify_jws(message, jws));
  EXPECT_FALSE(reader.verify(random_bytes(100), signature));
  EXPECT_FALSE(reader.verify_jws(random_bytes(100), jws));
}
INSTANTIATE_TEST_SUITE_P(Key, EveryKeyType, testing::ValuesIn(kAllKeyTypes),
                         [](const auto& param) { return std::string(key_type_name(param.param)); });

}  // namespace
}  // namespace certstead

#include "crypto/key_strength.h"

#include <gmock/gmock.h>

#include "crypto/openssl.h"
#include "crypto/random.h"
#include "crypto/weak_keys.h"

namespace certstead {
namespace {

using testing::HasSubstr;

PublicKey generated(EVP_PKEY* key) { return PublicKey({key, EVP_PKEY_free}); }
std::string why(const PublicKey& key) {
  const Status status = check_key_strength(key);
  if (status) return "taken";
  EXPECT_EQ(status.error().id, "csr-key");
  return status.error().detail;
}
// As a certification request may carry it: PublicKey::from_rsa_numbers() refuses some of these itself.
PublicKey with_numbers(const Bytes& modulus, const Bytes& exponent) {
  const auto number = [](const Bytes& octets) {
    return std::unique_ptr<BIGNUM, Freed<BN_free>>(
        BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
  };
  return PublicKey(rsa_key(number(modulus).get(), number(exponent).get(), nullptr));
}

TEST(KeyStrength, TakesWhatTheHouseMakesItself) {
  for (const KeyType type : {KeyType::kP256, KeyType::kP384, KeyType::kRsa2048, KeyType::kRsa3072})
    EXPECT_EQ(why(PrivateKey::generate(type).value().public_key()), "taken") << key_type_name(type);
}

TEST(KeyStrength, RefusesShortRsaKeys) {
  EXPECT_THAT(why(generated(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}))),
              HasSubstr("1024"));
  EXPECT_THAT(why(generated(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2040}))),
              HasSubstr("2040"));
}

TEST(KeyStrength, RefusesBadExponents) {
  const Bytes modulus =
      PrivateKey::generate(KeyType::kRsa2048).value().public_key().rsa_numbers().value().modulus;
  for (const Bytes& exponent : {Bytes{1}, Bytes{2}, Bytes{1, 0, 0}, Bytes(33, 0xff)})
    EXPECT_THAT(why(with_numbers(modulus, exponent)), HasSubstr("exponent")) << exponent.size();
  EXPECT_EQ(why(with_numbers(modulus, {3})), "taken");
}

TEST(KeyStrength, RefusesModuliThatAnybodyCanFactor) {
  Bytes modulus = PrivateKey::generate(KeyType::kRsa2048).value().public_key().rsa_numbers().value().modulus;
  Bytes even = modulus;
  even.back() &= 0xfe;
  EXPECT_THAT(why(with_numbers(even, {1, 0, 1})), HasSubstr("small factor"));
  EXPECT_THAT(why(PublicKey(close_primes_key())), HasSubstr("close"));
  EXPECT_THAT(why(with_numbers(roca_modulus(), {1, 0, 1})), HasSubstr("CVE-2017-15361"));
}

TEST(KeyStrength, RefusesOtherKindsAndCurves) {
  for (const char* curve : {"prime192v1", "secp224r1", "secp256k1", "secp521r1", "brainpoolP256r1"})
    EXPECT_THAT(why(generated(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve))), HasSubstr(curve)) << curve;
  EXPECT_THAT(why(generated(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))), HasSubstr("ED25519"));
  EXPECT_THAT(why(PublicKey(rsa_pss_key())), HasSubstr("RSA-PSS"));
}

}  // namespace
}  // namespace certstead

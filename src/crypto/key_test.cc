#include "crypto/key.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "base/encoding.h"
#include "crypto/der.h"
#include "crypto/pem.h"
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

Bytes hex(std::string_view text) { return hex_decode(text).value(); }
Bytes joined(std::initializer_list<BytesView> parts) {
  Bytes all;
  for (const BytesView part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}
// One DER element of less than 256 octets.
Bytes element(std::uint8_t tag, BytesView content) {
  const auto length = static_cast<std::uint8_t>(content.size());
  return joined({length < 128 ? Bytes{tag, length} : Bytes{tag, 0x81, length}, content});
}

// The numbers of a P-256 key.
struct Numbers {
  Bytes scalar, point;
};
Numbers numbers_of(const PrivateKey& key) {
  const SecretBytes der = key.to_der();
  DerReader file(der.reveal());
  DerReader reader(file.take(kDerSequence).value());
  reader.take_number(1);
  const BytesView scalar = reader.take(kDerOctetString).value();
  const auto point = key.public_key().ec_coordinates().value();
  return {{scalar.begin(), scalar.end()}, joined({Bytes{4}, point.x, point.y})};
}

const Bytes kP256 = hex_decode("a00a06082a8648ce3d030107").value();
Bytes sec1(BytesView scalar, BytesView curve, BytesView point) {
  const Bytes end =
      point.empty() ? Bytes() : element(0xa1, element(kDerBitString, joined({Bytes{0}, point})));
  return element(kDerSequence, joined({hex("020101"), element(kDerOctetString, scalar), curve, end}));
}

std::string pem_of(EVP_PKEY* key, bool traditional = false, const char* password = nullptr) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  const EVP_CIPHER* const cipher = password == nullptr ? nullptr : EVP_aes_128_cbc();
  const int length = password == nullptr ? 0 : static_cast<int>(std::string_view(password).size());
  const auto* const secret = reinterpret_cast<const std::uint8_t*>(password);
  if (traditional) {
    PEM_write_bio_PrivateKey_traditional(bio.get(), key, cipher, secret, length, nullptr, nullptr);
  } else {
    PEM_write_bio_PKCS8PrivateKey(bio.get(), key, cipher, password, length, nullptr, nullptr);
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Code pem_code(std::string_view pem) { return PrivateKey::from_pem(view_bytes(pem)).error().code; }

TEST(Key, ReadsTheSec1AndPkcs1PemOfOpenssl) {
  for (const KeyType type : {KeyType::kP256, KeyType::kP384, KeyType::kRsa2048}) {
    const PrivateKey key = make(type);
    const std::string pem = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" +
                            pem_of(key.native(), true);
    const PrivateKey read = PrivateKey::from_pem(view_bytes(pem)).value();
    EXPECT_TRUE(read.public_key().same_as(key.public_key()));
  }
}

TEST(Key, OpensslReadsWhatToDerWrites) {
  for (const KeyType type : {KeyType::kP256, KeyType::kP384, KeyType::kRsa2048}) {
    const PrivateKey key = make(type);
    const SecretBytes der = key.to_der();
    const std::uint8_t* at = der.reveal().data();
    const EvpKey read(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
    ASSERT_TRUE(read);
    EXPECT_EQ(EVP_PKEY_eq(read.get(), key.native()), 1);
  }
}

TEST(Key, DerIsWhatOpensslWouldWrite) {
  for (const KeyType type : {KeyType::kP256, KeyType::kP384, KeyType::kRsa2048}) {
    const PrivateKey key = make(type);
    std::uint8_t* der = nullptr;
    const int length = i2d_PrivateKey(key.native(), &der);
    EXPECT_TRUE(std::ranges::equal(key.to_der().reveal(), BytesView(der, static_cast<std::size_t>(length))));
    OPENSSL_free(der);
  }
}

TEST(Key, ComputesAPublicKeyThatIsLeftOut) {
  const PrivateKey key = make();
  const PrivateKey read = PrivateKey::from_der(sec1(numbers_of(key).scalar, kP256, {})).value();
  EXPECT_TRUE(read.public_key().same_as(key.public_key()));
  EXPECT_TRUE(std::ranges::equal(read.to_der().reveal(), key.to_der().reveal()));
}

TEST(Key, TakesAPrivateNumberWithoutItsLeadingZeros) {
  const PrivateKey key = PrivateKey::from_der(sec1(Bytes{7}, kP256, {})).value();
  EXPECT_TRUE(key.public_key().verify(view_bytes("m"), key.sign(view_bytes("m")).value()));
}

TEST(Key, RefusesAPrivateNumberOutOfRange) {
  const Bytes order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  for (const Bytes& bad : {order, Bytes(32, 0xff), Bytes(32, 0), Bytes(33, 1), Bytes()})
    EXPECT_FALSE(PrivateKey::from_der(sec1(bad, kP256, {}))) << hex_encode(bad);
  Bytes highest = order;
  highest.back() -= 1;
  EXPECT_TRUE(PrivateKey::from_der(sec1(highest, kP256, {})));
}

TEST(Key, RefusesAPublicHalfThatIsOffTheCurve) {
  Numbers numbers = numbers_of(make());
  numbers.point.back() ^= 1;
  EXPECT_FALSE(PrivateKey::from_der(sec1(numbers.scalar, kP256, numbers.point)));
}

TEST(Key, RefusesAPublicHalfOfAnotherKeyInPemAndPkcs8) {
  const Numbers one = numbers_of(make());
  const Numbers other = numbers_of(make());
  const Bytes mixed = sec1(one.scalar, kP256, other.point);
  EXPECT_EQ(pem_code(encode_pem("EC PRIVATE KEY", mixed)), Code::kInvalid);
  const Bytes algorithm = element(kDerSequence, hex("06072a8648ce3d020106082a8648ce3d030107"));
  const auto pkcs8 = [&](BytesView inner) {
    return element(kDerSequence, joined({hex("020100"), algorithm, element(kDerOctetString, inner)}));
  };
  EXPECT_TRUE(PrivateKey::from_der(pkcs8(sec1(one.scalar, {}, {}))));
  EXPECT_TRUE(PrivateKey::from_der(pkcs8(sec1(one.scalar, {}, one.point))));
  EXPECT_FALSE(PrivateKey::from_der(pkcs8(sec1(one.scalar, {}, other.point))));
}

TEST(Key, RefusesTwoCurvesAndNoCurve) {
  const Numbers one = numbers_of(make());
  EXPECT_FALSE(PrivateKey::from_der(sec1(one.scalar, {}, one.point)));
  EXPECT_FALSE(PrivateKey::from_der(sec1(one.scalar, hex("a00706052b81040022"), one.point)));
}

TEST(Key, RefusesKindsThatAreNotHeld) {
  for (const EvpKey& key :
       {EvpKey(EVP_EC_gen("P-521")), EvpKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")),
        EvpKey(EVP_RSA_gen(1024)), EvpKey(EVP_RSA_gen(2056))}) {
    const auto read = PrivateKey::from_pem(view_bytes(pem_of(key.get())));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::kInvalid);
    EXPECT_EQ(read.error().id, "key-kind");
  }
}

TEST(Key, RefusesACurveSpeltOutInParameters) {
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY_keygen_init(context.get());
  EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context.get(), NID_X9_62_prime256v1);
  EVP_PKEY_CTX_set_ec_param_enc(context.get(), OPENSSL_EC_EXPLICIT_CURVE);
  EVP_PKEY* raw = nullptr;
  ASSERT_EQ(EVP_PKEY_generate(context.get(), &raw), 1);
  const EvpKey key(raw);
  EXPECT_EQ(pem_code(pem_of(key.get())), Code::kInvalid);
  std::uint8_t* der = nullptr;
  const int length = i2d_PUBKEY(key.get(), &der);
  const auto read = PublicKey::from_spki({der, static_cast<std::size_t>(length)});
  if (read) {
    EXPECT_FALSE(read->type());
  }
  OPENSSL_free(der);
}

TEST(Key, SaysThatAnEncryptedKeyMustBeDecrypted) {
  const PrivateKey key = make();
  for (const bool traditional : {false, true}) {
    const auto read = PrivateKey::from_pem(view_bytes(pem_of(key.native(), traditional, "password")));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().id, "key-encrypted");
  }
}

TEST(Key, IsFoundBehindOtherBlocksAndRefusedInTextWithoutOne) {
  const PrivateKey key = make();
  const std::string other = encode_pem("CERTIFICATE", Bytes(10, 1));
  EXPECT_TRUE(PrivateKey::from_pem(view_bytes("text\n" + other + pem_of(key.native()))));
  EXPECT_EQ(pem_code(other), Code::kInvalid);
  EXPECT_EQ(pem_code(""), Code::kInvalid);
  EXPECT_EQ(pem_code(std::string(kMaxPemText, ' ') + pem_of(key.native())), Code::kInvalid);
}

TEST(Key, DerIsReadWholeOrNotAtAll) {
  for (const KeyType type : {KeyType::kP256, KeyType::kRsa2048}) {
    const SecretBytes kept = make(type).to_der();
    const BytesView der = kept.reveal();
    for (std::size_t length = 0; length < der.size(); ++length)
      ASSERT_FALSE(PrivateKey::from_der(der.first(length)));
    EXPECT_FALSE(PrivateKey::from_der(joined({der, Bytes{0}})));
  }
}

TEST(Key, WithAnyByteChangedIsNoPemKey) {
  for (const KeyType type : {KeyType::kP256, KeyType::kRsa2048}) {
    const SecretBytes kept = make(type).to_der();
    for (std::size_t i = 0; i < kept.size(); ++i) {
      Bytes changed(kept.reveal().begin(), kept.reveal().end());
      changed[i] ^= 0x41;
      EXPECT_FALSE(PrivateKey::from_pem(view_bytes(encode_pem("PRIVATE KEY", changed)))) << i;
    }
  }
}

TEST(Key, WithAnyByteChangedIsNoRsaKey) {
  const SecretBytes kept = make(KeyType::kRsa2048).to_der();
  for (std::size_t i = 0; i < kept.size(); ++i) {
    Bytes changed(kept.reveal().begin(), kept.reveal().end());
    changed[i] ^= 0x01;
    const auto read = PrivateKey::from_der(changed);
    ASSERT_FALSE(read) << i;
    EXPECT_EQ(read.error().code, Code::kInvalid);
  }
}

TEST(PublicKey, SurvivesItsCoordinates) {
  for (const KeyType type : {KeyType::kP256, KeyType::kP384}) {
    const PublicKey key = make(type).public_key();
    const auto at = key.ec_coordinates().value();
    EXPECT_EQ(at.x.size(), type == KeyType::kP256 ? 32U : 48U);
    EXPECT_TRUE(PublicKey::from_ec_coordinates(type, at.x, at.y).value().same_as(key));
    EXPECT_EQ(PublicKey::from_ec_coordinates(type, at.x, at.y).value().spki(), key.spki());
    EXPECT_FALSE(key.rsa_numbers());
  }
}

TEST(PublicKey, RefusesCoordinatesOffTheCurveOrOfAnotherLength) {
  auto at = make().public_key().ec_coordinates().value();
  EXPECT_FALSE(PublicKey::from_ec_coordinates(KeyType::kP384, at.x, at.y));
  EXPECT_FALSE(PublicKey::from_ec_coordinates(KeyType::kRsa2048, at.x, at.y));
  EXPECT_FALSE(PublicKey::from_ec_coordinates(KeyType::kP256, joined({Bytes{0}, at.x}), at.y));
  EXPECT_FALSE(PublicKey::from_ec_coordinates(KeyType::kP256, Bytes(32, 0), Bytes(32, 0)));
  EXPECT_FALSE(PublicKey::from_ec_coordinates(KeyType::kP256, Bytes(32, 0xff), Bytes(32, 0xff)));
  EXPECT_FALSE(PublicKey::from_ec_coordinates(KeyType::kP256, {}, {}));
  at.y.back() ^= 1;
  EXPECT_EQ(PublicKey::from_ec_coordinates(KeyType::kP256, at.x, at.y).error().code, Code::kInvalid);
}

TEST(PublicKey, SurvivesItsRsaNumbers) {
  const PrivateKey key = make(KeyType::kRsa2048);
  const auto numbers = key.public_key().rsa_numbers().value();
  EXPECT_EQ(numbers.modulus.size(), 256U);
  EXPECT_EQ(numbers.exponent, (Bytes{1, 0, 1}));
  const PublicKey read = PublicKey::from_rsa_numbers(numbers.modulus, numbers.exponent).value();
  EXPECT_TRUE(read.same_as(key.public_key()));
  EXPECT_TRUE(read.verify(view_bytes("m"), key.sign(view_bytes("m")).value()));
  EXPECT_FALSE(key.public_key().ec_coordinates());
}

TEST(PublicKey, RefusesRsaNumbersOutOfBounds) {
  const Bytes exponent = {1, 0, 1};
  Bytes modulus(256, 0xff);
  EXPECT_TRUE(PublicKey::from_rsa_numbers(modulus, exponent));
  for (const Bytes& bad : {Bytes(), Bytes{0}, Bytes{1}, Bytes{2}, Bytes{1, 0, 0}, Bytes(9, 0xff)})
    EXPECT_FALSE(PublicKey::from_rsa_numbers(modulus, bad)) << hex_encode(bad);
  EXPECT_TRUE(PublicKey::from_rsa_numbers(Bytes(1024, 0xff), exponent));
  EXPECT_FALSE(PublicKey::from_rsa_numbers(Bytes(1025, 0xff), exponent));
  EXPECT_FALSE(PublicKey::from_rsa_numbers({}, exponent));
  modulus.front() = 0x7f;
  EXPECT_FALSE(PublicKey::from_rsa_numbers(modulus, exponent));
  EXPECT_FALSE(PublicKey::from_rsa_numbers(joined({Bytes{0}, modulus}), exponent));
  Bytes even(256, 0xff);
  even.back() = 0xfe;
  EXPECT_FALSE(PublicKey::from_rsa_numbers(even, exponent));
}

TEST(PublicKey, SpkiIsReadWholeOrNotAtAll) {
  const Bytes spki = make().public_key().spki();
  for (std::size_t length = 0; length < spki.size(); ++length)
    ASSERT_FALSE(PublicKey::from_spki(BytesView(spki).first(length)));
  EXPECT_FALSE(PublicKey::from_spki(joined({spki, Bytes{0}})));
  EXPECT_FALSE(PublicKey::from_spki(Bytes(10'000, 0x30)));
}

TEST(PublicKey, JwsSignaturesHaveTheLengthOfTheCurve) {
  for (const auto& [type, length] : {std::pair(KeyType::kP256, 64U), std::pair(KeyType::kP384, 96U)}) {
    const PrivateKey key = make(type);
    for (int i = 0; i < 20; ++i) {
      const Bytes jws = key.sign_jws(view_bytes("m")).value();
      ASSERT_EQ(jws.size(), length);
      ASSERT_TRUE(key.public_key().verify_jws(view_bytes("m"), jws));
    }
    const Bytes der = key.sign(view_bytes("m")).value();
    EXPECT_FALSE(key.public_key().verify_jws(view_bytes("m"), der));
    EXPECT_FALSE(key.public_key().verify_jws(view_bytes("m"), Bytes(length, 0)));
    EXPECT_FALSE(key.public_key().verify_jws(view_bytes("m"), {}));
  }
}

TEST(PublicKey, VerifiesNothingWithAKindThatIsNotHeld) {
  const EvpKey ed25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  std::uint8_t* der = nullptr;
  const int length = i2d_PUBKEY(ed25519.get(), &der);
  const PublicKey key = PublicKey::from_spki({der, static_cast<std::size_t>(length)}).value();
  OPENSSL_free(der);
  EXPECT_FALSE(key.type());
  EXPECT_FALSE(key.verify(view_bytes("m"), Bytes(64, 1)));
  EXPECT_FALSE(key.same_as(make().public_key()));
}

}  // namespace
}  // namespace certstead

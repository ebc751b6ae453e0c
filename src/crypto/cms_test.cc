#include "crypto/cms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "crypto/issue.h"
#include "crypto/random.h"

namespace certstead {
namespace {

struct Holder {
  PrivateKey key;
  Certificate certificate;
};

Holder make_holder(KeyType type = KeyType::kP256) {
  const PrivateKey key = PrivateKey::generate(type).value();
  const Certificate certificate = issue_certificate({.common_name = "holder",
                                                     .public_key = key.public_key(),
                                                     .not_before = from_unix_seconds(1'700'000'000),
                                                     .not_after = from_unix_seconds(1'800'000'000),
                                                     .key_agreement = true},
                                                    key, {})
                                      .value();
  return {key, certificate};
}

SecretBytes secret(std::string_view text) { return SecretBytes(view_bytes(text)); }

TEST(Envelope, OpensForItsRecipientOnly) {
  const Holder alice = make_holder();
  const Holder bob = make_holder();
  const Bytes envelope = cms_seal(secret("attack at dawn"), alice.certificate).value();
  EXPECT_EQ(view_text(cms_open(envelope, alice.certificate, alice.key).value().reveal()), "attack at dawn");
  EXPECT_EQ(cms_open(envelope, bob.certificate, bob.key).error().code, Code::kDenied);
  EXPECT_EQ(cms_open(envelope, alice.certificate, bob.key).error().code, Code::kDenied);
}

TEST(Envelope, DoesNotOpenWithAnyByteChanged) {
  const Holder alice = make_holder();
  const Bytes envelope = cms_seal(secret("k"), alice.certificate).value();
  for (std::size_t i = 0; i < envelope.size(); ++i) {
    // 0x05 turns the key agreement into its cofactor variant, 0x01 adds stray bits to the point.
    for (const std::uint8_t mask : {0x01, 0x05, 0x80, 0xff}) {
      Bytes changed = envelope;
      changed[i] ^= mask;
      const auto opened = cms_open(changed, alice.certificate, alice.key);
      ASSERT_FALSE(opened) << "byte " << i << " mask " << int{mask};
      EXPECT_EQ(opened.error().code, Code::kDenied);
    }
  }
}

TEST(Envelope, DoesNotOpenCutOrWithBytesBehind) {
  const Holder alice = make_holder();
  const Bytes envelope = cms_seal(secret("k"), alice.certificate).value();
  for (std::size_t length = 0; length < envelope.size(); ++length)
    ASSERT_FALSE(cms_open(BytesView(envelope).first(length), alice.certificate, alice.key)) << length;
  Bytes longer = envelope;
  longer.push_back(0);
  EXPECT_FALSE(cms_open(longer, alice.certificate, alice.key));
}

TEST(Envelope, HoldsAnythingFromNothingToAMegabyte) {
  const Holder alice = make_holder();
  for (const std::size_t size : {0U, 1U, 4096U, 1'000'000U}) {
    const Bytes content = random_bytes(size);
    const Bytes envelope = cms_seal(SecretBytes(BytesView(content)), alice.certificate).value();
    EXPECT_TRUE(
        std::ranges::equal(cms_open(envelope, alice.certificate, alice.key).value().reveal(), content));
  }
}

TEST(Envelope, OpensWithARenewedCertificateOverTheSameKey) {
  const Holder alice = make_holder();
  const Certificate renewed = issue_certificate({.common_name = "renewed",
                                                 .public_key = alice.key.public_key(),
                                                 .not_before = from_unix_seconds(1'750'000'000),
                                                 .not_after = from_unix_seconds(1'850'000'000),
                                                 .key_agreement = true},
                                                alice.key, {})
                                  .value();
  const Bytes envelope = cms_seal(secret("x"), alice.certificate).value();
  EXPECT_TRUE(cms_open(envelope, renewed, alice.key));
}

TEST(Envelope, IsSealedForP256Only) {
  for (const KeyType type : {KeyType::kP384, KeyType::kRsa2048}) {
    const Holder other = make_holder(type);
    EXPECT_EQ(cms_seal(secret("x"), other.certificate).error().code, Code::kInvalid);
    EXPECT_FALSE(cms_open(Bytes(300, 0x30), other.certificate, other.key));
  }
}

// What OpenSSL makes for these recipients with this cipher and this digest for the key derivation.
Bytes foreign_envelope(const std::vector<Certificate>& recipients, const EVP_CIPHER* cipher,
                       const EVP_MD* digest = EVP_sha256()) {
  const CmsHandle cms(CMS_encrypt(nullptr, nullptr, cipher, CMS_BINARY | CMS_PARTIAL));
  for (const Certificate& one : recipients) {
    CMS_RecipientInfo* const info = CMS_add1_recipient_cert(cms.get(), one.native(), CMS_KEY_PARAM);
    if (one.public_key().type() == KeyType::kP256)
      EVP_PKEY_CTX_set_ecdh_kdf_md(CMS_RecipientInfo_get0_pkey_ctx(info), digest);
  }
  const BioHandle input(BIO_new_mem_buf("attack at dawn", -1));
  CMS_final(cms.get(), input.get(), nullptr, CMS_BINARY);
  std::uint8_t* der = nullptr;
  const int length = i2d_CMS_ContentInfo(cms.get(), &der);
  Bytes envelope(der, der + length);
  OPENSSL_free(der);
  return envelope;
}

// What OpenSSL's own CMS makes of an envelope; nothing if it does not open.
std::optional<std::string> opened_by_openssl(const Bytes& envelope, const Holder& holder) {
  const std::uint8_t* at = envelope.data();
  const CmsHandle cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(envelope.size())));
  const BioHandle output(BIO_new(BIO_s_mem()));
  if (!cms || CMS_decrypt(cms.get(), holder.key.native(), holder.certificate.native(), nullptr, output.get(),
                          CMS_BINARY) != 1)
    return {};
  char* clear = nullptr;
  const long length = BIO_get_mem_data(output.get(), &clear);
  return std::string(clear, static_cast<std::size_t>(length));
}

TEST(Envelope, OpensWithPlainCms) {
  const Holder alice = make_holder();
  const Holder bob = make_holder();
  // With a certificate that has no key identifier it is addressed by issuer and serial number.
  const X509Handle bare(X509_dup(alice.certificate.native()));
  X509_EXTENSION_free(
      X509_delete_ext(bare.get(), X509_get_ext_by_NID(bare.get(), NID_subject_key_identifier, -1)));
  ASSERT_GT(X509_sign(bare.get(), alice.key.native(), EVP_sha256()), 0);
  std::uint8_t* der = nullptr;
  const int length = i2d_X509(bare.get(), &der);
  const Holder unnamed{alice.key,
                       Certificate::from_der(BytesView(der, static_cast<std::size_t>(length))).value()};
  OPENSSL_free(der);
  ASSERT_TRUE(unnamed.certificate.subject_key_id().empty());
  for (const Holder* holder : {&alice, &unnamed}) {
    const Bytes envelope = cms_seal(secret("attack at dawn"), holder->certificate).value();
    EXPECT_EQ(opened_by_openssl(envelope, *holder), "attack at dawn");
    EXPECT_FALSE(opened_by_openssl(envelope, bob));
    EXPECT_TRUE(cms_open(envelope, holder->certificate, holder->key));
  }
}

TEST(Envelope, PassingKeysAreFreshEachTime) {
  const Holder alice = make_holder();
  const Bytes one = cms_seal(secret("x"), alice.certificate).value();
  const Bytes other = cms_seal(secret("x"), alice.certificate).value();
  constexpr std::size_t kPoint = 56, kLength = 64;  // behind the headers, which are as long in both
  const auto point = [](const Bytes& of) { return BytesView(of).subspan(kPoint, kLength); };
  EXPECT_FALSE(std::ranges::equal(point(one), point(other)));
}

TEST(Envelope, RefusesEveryOtherShapeEvenForItsRecipient) {
  const Holder alice = make_holder();
  const Holder bob = make_holder();
  const auto opens = [&](const Bytes& envelope) {
    return cms_open(envelope, alice.certificate, alice.key).has_value();
  };
  // The yardstick: the one accepted shape, made by OpenSSL alone.
  EXPECT_TRUE(opens(foreign_envelope({alice.certificate}, EVP_aes_256_gcm())));
  EXPECT_FALSE(opens(foreign_envelope({alice.certificate}, EVP_aes_256_cbc())));
  EXPECT_FALSE(opens(foreign_envelope({alice.certificate}, EVP_aes_128_gcm())));
  EXPECT_FALSE(opens(foreign_envelope({alice.certificate}, EVP_aes_256_gcm(), EVP_sha1())));
  EXPECT_FALSE(opens(foreign_envelope({alice.certificate, bob.certificate}, EVP_aes_256_gcm())));
}

TEST(Envelope, RefusesRsaRecipients) {
  const Holder carol = make_holder(KeyType::kRsa2048);
  EXPECT_FALSE(
      cms_open(foreign_envelope({carol.certificate}, EVP_aes_256_gcm()), carol.certificate, carol.key));
}

TEST(Envelope, RefusesATagOfFewerOctets) {
  const Holder alice = make_holder();
  Bytes envelope = cms_seal(secret("x"), alice.certificate).value();
  const Bytes sixteen = {0x02, 0x01, 0x10};
  const auto found = std::ranges::search(envelope, sixteen);
  ASSERT_FALSE(found.empty());
  *(found.begin() + 2) = 12;
  EXPECT_FALSE(cms_open(envelope, alice.certificate, alice.key));
}

}  // namespace
}  // namespace certstead

#include "crypto/to_be_signed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "crypto/csr.h"
#include "crypto/der_writer.h"
#include "crypto/issue.h"
#include "crypto/openssl.h"

namespace certstead {
namespace {

const Instant kStart = from_unix_seconds(1'700'000'000);

CertificateContent leaf(const PrivateKey& key) {
  return {.serial = random_serial(),
          .common_name = "bücher",
          .dns_names = {"www.a.test", "*.a.test"},
          .public_key = key.public_key(),
          .not_before = kStart,
          .not_after = from_unix_seconds(2'600'000'000),  // 2052: GeneralizedTime
          .server_auth = true,
          .client_auth = true,
          .crl_url = "http://crl.a.test/x.crl"};
}

class Encoded : public testing::TestWithParam<KeyType> {};

TEST_P(Encoded, CertificateIsWhatOpensslUnderstandsAndWouldWrite) {
  const PrivateKey key = PrivateKey::generate(GetParam()).value();
  const CertificateContent content = leaf(key);
  const Bytes to_be_signed = encode_certificate(content, signer_of("A CA", key));
  const Bytes der = sign_encoded(to_be_signed, key).value();
  const Certificate made = Certificate::from_der(der).value();
  EXPECT_EQ(X509_verify(made.native(), key.native()), 1);
  EXPECT_EQ(made.dns_names(), content.dns_names);
  EXPECT_EQ(made.subject_common_name(), "bücher");
  EXPECT_EQ(made.issuer(), "CN=A CA");
  EXPECT_EQ(made.serial_octets(), content.serial);
  EXPECT_EQ(made.not_before(), content.not_before);
  EXPECT_EQ(made.not_after(), content.not_after);
  EXPECT_EQ(made.authority_key_id(), key_id_of(key.public_key()));
  EXPECT_EQ(made.subject_key_id(), key_id_of(key.public_key()));
  EXPECT_EQ(X509_get_extended_key_usage(made.native()),
            static_cast<std::uint32_t>(XKU_SSL_SERVER | XKU_SSL_CLIENT));
  const std::uint32_t usage = X509_get_key_usage(made.native());
  EXPECT_EQ(usage, is_rsa(GetParam()) ? std::uint32_t{KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT}
                                      : std::uint32_t{KU_DIGITAL_SIGNATURE});
  // Encoded anew from OpenSSL's own structures, every byte is the same: it is DER.
  X509* copy = X509_dup(made.native());
  std::uint8_t* again = nullptr;
  const int length = i2d_re_X509_tbs(copy, &again);
  EXPECT_EQ(Bytes(again, again + std::max(length, 0)), to_be_signed);
  OPENSSL_free(again);
  X509_free(copy);
}
INSTANTIATE_TEST_SUITE_P(Keys, Encoded, testing::Values(KeyType::kP256, KeyType::kP384, KeyType::kRsa2048));

TEST(ToBeSigned, KeyIdIsTheOneThatTheHouseMakesElsewhere) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const Certificate other = issue_certificate({.common_name = "x",
                                               .public_key = key.public_key(),
                                               .not_before = kStart,
                                               .not_after = kStart + std::chrono::days{1}},
                                              key, std::nullopt)
                                .value();
  EXPECT_EQ(key_id_of(key.public_key()), other.subject_key_id());
}

TEST(ToBeSigned, EmptySubjectMakesTheNamesCritical) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  CertificateContent content = leaf(key);
  content.common_name.clear();
  const Certificate made =
      Certificate::from_der(sign_encoded(encode_certificate(content, signer_of("A CA", key)), key).value())
          .value();
  const int at = X509_get_ext_by_NID(made.native(), NID_subject_alt_name, -1);
  EXPECT_EQ(X509_EXTENSION_get_critical(X509_get_ext(made.native(), at)), 1);
}

TEST(ToBeSigned, CaRequestAsksForWhatACaNeeds) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const Bytes der = sign_encoded(encode_ca_request("Sub CA", key.public_key(), {"a.test"}), key).value();
  const CsrFacts facts = read_csr(der).value();
  EXPECT_TRUE(facts.asks_for_ca);
  EXPECT_EQ(facts.common_name, "Sub CA");
  EXPECT_TRUE(facts.public_key.same_as(key.public_key()));
}

TEST(ToBeSigned, CrlIsVerifiedAndReadByOpenssl) {
  const PrivateKey key = PrivateKey::generate(KeyType::kRsa2048).value();
  const CrlContent content{
      7, kStart, kStart + std::chrono::days{7}, {{{0x01, 0x80}, kStart, 1}, {{0x80}, kStart, 0}}};
  const Bytes der = sign_encoded(encode_crl(content, signer_of("A CA", key)), key).value();
  const std::uint8_t* at = der.data();
  const std::unique_ptr<X509_CRL, Freed<X509_CRL_free>> crl(
      d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
  ASSERT_TRUE(crl);
  EXPECT_EQ(X509_CRL_verify(crl.get(), key.native()), 1);
  EXPECT_EQ(X509_CRL_get_version(crl.get()), 1);
  const auto* const entries = X509_CRL_get_REVOKED(crl.get());
  ASSERT_EQ(sk_X509_REVOKED_num(entries), 2);
  EXPECT_EQ(ASN1_INTEGER_get(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(entries, 0))), 0x180);
  EXPECT_EQ(ASN1_INTEGER_get(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(entries, 1))), 0x80);
  EXPECT_EQ(X509_REVOKED_get_ext_count(sk_X509_REVOKED_value(entries, 1)), 0);
}

TEST(ToBeSigned, AHundredThousandSerialNumbersDoNotRepeat) {
  std::set<Bytes> seen;
  for (int i = 0; i < 100'000; ++i) {
    const Bytes serial = random_serial();
    ASSERT_EQ(serial.size(), 17U);
    ASSERT_TRUE(seen.insert(serial).second);
  }
}

TEST(DerWriter, WritesLengthsIntegersAndTimesInTheirShortestForm) {
  EXPECT_EQ(hex_encode(DerWriter().number(0).out()), "020100");
  EXPECT_EQ(hex_encode(DerWriter().number(127).out()), "02017f");
  EXPECT_EQ(hex_encode(DerWriter().number(128).out()), "02020080");
  EXPECT_EQ(hex_encode(DerWriter().integer(Bytes{0, 0, 1}).out()), "020101");
  EXPECT_EQ(hex_encode(DerWriter().element(0x04, Bytes(128, 0)).out()).substr(0, 6), "048180");
  EXPECT_EQ(hex_encode(DerWriter().element(0x04, Bytes(256, 0)).out()).substr(0, 8), "04820100");
  EXPECT_EQ(to_text(DerWriter().time(parse_rfc3339("2049-12-31T23:59:59Z").value()).out()).substr(2),
            "491231235959Z");
  EXPECT_EQ(to_text(DerWriter().time(parse_rfc3339("2050-01-01T00:00:00Z").value()).out()).substr(2),
            "20500101000000Z");
}

}  // namespace
}  // namespace certstead

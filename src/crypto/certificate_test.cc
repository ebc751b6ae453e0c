#include "crypto/certificate.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/algorithms.h"
#include "crypto/digest.h"
#include "crypto/issue.h"
#include "crypto/openssl.h"

namespace certstead {
namespace {

PrivateKey make(KeyType type = KeyType::kP256) { return PrivateKey::generate(type).value(); }

Certificate self_signed(const PrivateKey& key, const std::string& name = "Test Root") {
  return issue_certificate({.common_name = name,
                            .dns_names = {"a.test", "*.b.test"},
                            .public_key = key.public_key(),
                            .not_before = from_unix_seconds(1'700'000'000),
                            .not_after = from_unix_seconds(1'800'000'000),
                            .is_ca = true,
                            .serial = Bytes{0x01, 0x02, 0xab}},
                           key, {})
      .value();
}

// The DER of a certificate after `change`, signed again.
Bytes changed_der(const std::function<void(X509*)>& change) {
  const PrivateKey key = make();
  const X509Handle copy(X509_dup(self_signed(key).native()));
  change(copy.get());
  X509_sign(copy.get(), key.native(), md_sha256());
  std::uint8_t* der = nullptr;
  const int length = i2d_X509(copy.get(), &der);
  Bytes bytes(der, der + length);
  OPENSSL_free(der);
  return bytes;
}

void replace_extension(X509* certificate, int nid, BytesView value) {
  const int at = X509_get_ext_by_NID(certificate, nid, -1);
  if (at >= 0) X509_EXTENSION_free(X509_delete_ext(certificate, at));
  const std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>> octets(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(octets.get(), value.data(), static_cast<int>(value.size()));
  X509_EXTENSION* const extension = X509_EXTENSION_create_by_NID(nullptr, nid, 0, octets.get());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

TEST(Certificate, TellsItsFields) {
  const PrivateKey key = make();
  const Certificate certificate = self_signed(key);
  EXPECT_EQ(certificate.subject(), "CN=Test Root");
  EXPECT_EQ(certificate.issuer(), "CN=Test Root");
  EXPECT_EQ(certificate.subject_common_name(), "Test Root");
  EXPECT_EQ(certificate.issuer_common_name(), "Test Root");
  EXPECT_EQ(certificate.dns_names(), (std::vector<std::string>{"a.test", "*.b.test"}));
  EXPECT_TRUE(certificate.ip_addresses().empty());
  EXPECT_EQ(certificate.serial(), "0102ab");
  EXPECT_EQ(hex_encode(certificate.serial_octets()), "0102ab");
  EXPECT_EQ(certificate.subject_key_id().size(), 20U);
  EXPECT_EQ(certificate.not_before(), from_unix_seconds(1'700'000'000));
  EXPECT_EQ(certificate.not_after(), from_unix_seconds(1'800'000'000));
  EXPECT_TRUE(certificate.is_ca());
  EXPECT_TRUE(certificate.is_self_signed());
  EXPECT_TRUE(certificate.public_key().same_as(key.public_key()));
  EXPECT_EQ(certificate.fingerprint(), sha256_hex(certificate.der()));
}

TEST(Certificate, MatchesItsKeyOnly) {
  const PrivateKey key = make();
  EXPECT_TRUE(self_signed(key).matches(key));
  EXPECT_FALSE(self_signed(key).matches(make()));
  EXPECT_FALSE(self_signed(key).matches(make(KeyType::kP384)));
}

TEST(Certificate, IsSignedByTheKeyNotByTheName) {
  const PrivateKey key = make();
  const Certificate root = self_signed(key);
  const Certificate twin = self_signed(make());
  EXPECT_TRUE(root.is_signed_by(root));
  EXPECT_FALSE(root.is_signed_by(twin));
  EXPECT_FALSE(root.is_signed_by(self_signed(key, "Other Root")));
}

TEST(Certificate, WithItsOwnNameAndAnotherSignatureIsNotSelfSigned) {
  Bytes der = self_signed(make()).der();
  der.back() ^= 1;
  const auto read = Certificate::from_der(der);
  if (read) {
    EXPECT_FALSE(read->is_self_signed());
  }
  const PrivateKey key = make();
  const Certificate root = self_signed(make());
  const X509Handle copy(X509_dup(root.native()));
  X509_sign(copy.get(), key.native(), md_sha256());
  std::uint8_t* bytes = nullptr;
  const int length = i2d_X509(copy.get(), &bytes);
  EXPECT_FALSE(Certificate::from_der({bytes, static_cast<std::size_t>(length)}).value().is_self_signed());
  OPENSSL_free(bytes);
}

TEST(Certificate, DerIsReadWholeOrNotAtAll) {
  const Bytes der = self_signed(make()).der();
  for (std::size_t length = 0; length < der.size(); ++length)
    ASSERT_EQ(Certificate::from_der(BytesView(der).first(length)).error().code, Code::kInvalid);
  Bytes longer = der;
  longer.push_back(0);
  EXPECT_FALSE(Certificate::from_der(longer));
}

TEST(Certificate, RefusesALengthThatIsNoDer) {
  // The outer length in three octets instead of two.
  const Bytes der = self_signed(make()).der();
  ASSERT_EQ(der[1], 0x82);
  Bytes loose = {0x30, 0x83, 0x00};
  loose.insert(loose.end(), der.begin() + 2, der.end());
  EXPECT_FALSE(Certificate::from_der(loose));
}

TEST(Certificate, AnyChangedByteIsRefusedOrBreaksTheSignature) {
  const Bytes der = self_signed(make()).der();
  for (std::size_t i = 0; i < der.size(); ++i) {
    Bytes changed = der;
    changed[i] ^= 0x01;
    const auto read = Certificate::from_der(changed);
    EXPECT_FALSE(read && read->is_self_signed()) << i;
  }
}

TEST(Certificate, PemRoundTripsAndIsFoundInOtherText) {
  const Certificate certificate = self_signed(make());
  EXPECT_EQ(Certificate::from_pem("hello\n" + certificate.to_pem() + "bye").value().der(), certificate.der());
  EXPECT_FALSE(Certificate::from_pem("hello"));
  EXPECT_FALSE(Certificate::from_pem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
}

TEST(Certificate, AllOfABundleComeInOrder) {
  const Certificate one = self_signed(make(), "One");
  const Certificate two = self_signed(make(), "Two");
  const auto all = Certificate::all_from_pem("# bundle\n" + one.to_pem() + "\n\nx\n" + two.to_pem()).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].subject_common_name(), "One");
  EXPECT_EQ(all[1].subject_common_name(), "Two");
  EXPECT_TRUE(Certificate::all_from_pem("nothing").value().empty());
}

TEST(Certificate, ABundleIsBoundedAndRefusedIfABlockIsBroken) {
  const std::string pem = self_signed(make()).to_pem();
  std::string many;
  for (int i = 0; i < 200; ++i) many += pem;
  EXPECT_EQ(Certificate::all_from_pem(many).value().size(), 200U);
  EXPECT_FALSE(Certificate::all_from_pem(many + pem));
  EXPECT_FALSE(Certificate::all_from_pem(pem + std::string(std::size_t{4} << 20, '\n')));
  EXPECT_FALSE(Certificate::all_from_pem(pem.substr(0, pem.size() - 20) + "\n" + pem));
}

TEST(Certificate, NamesAreMadePrintable) {
  const Bytes der = changed_der([](X509* certificate) {
    X509_NAME* const name = X509_NAME_new();
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
                               reinterpret_cast<const std::uint8_t*>("B\xc3\xa4r, Inc"), -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const std::uint8_t*>("first"), -1,
                               -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const std::uint8_t*>("a\x1b[2J\n\xe2\x80\xae"
                                                                     "b"),
                               -1, -1, 0);
    X509_set_subject_name(certificate, name);
    X509_NAME_free(name);
  });
  const Certificate certificate = Certificate::from_der(der).value();
  EXPECT_EQ(certificate.subject_common_name(), R"(a\x1b[2J\x0a\u{202e}b)");
  for (const char c : certificate.subject()) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
  EXPECT_EQ(certificate.subject().find("\xe2\x80\xae"), std::string::npos);
  EXPECT_NE(certificate.subject().find("O=B\xc3\xa4r\\, Inc"), std::string::npos) << certificate.subject();
  EXPECT_FALSE(certificate.is_self_signed());
}

TEST(Certificate, ANulInANameCannotPassForItsBeginning) {
  const Bytes names =
      to_bytes(std::string_view("\x30\x0c\x82\x0a"
                                "a.test\0.b.",
                                14));
  ASSERT_EQ(names.size(), 14U);
  const Bytes der =
      changed_der([&](X509* certificate) { replace_extension(certificate, NID_subject_alt_name, names); });
  EXPECT_EQ(Certificate::from_der(der).value().dns_names(), std::vector<std::string>{R"(a.test\x00.b.)"});
}

TEST(Certificate, ReadsAddressesAndLowersNames) {
  const Bytes names = hex_decode(
                          "301e"
                          "8704c0000201"
                          "871020010db8000000000000000000000001"
                          "8204412e7458")
                          .value();
  const Bytes der =
      changed_der([&](X509* certificate) { replace_extension(certificate, NID_subject_alt_name, names); });
  const Certificate certificate = Certificate::from_der(der).value();
  EXPECT_EQ(certificate.ip_addresses(), (std::vector<std::string>{"192.0.2.1", "2001:db8::1"}));
  EXPECT_EQ(certificate.dns_names(), std::vector<std::string>{"a.tx"});
}

TEST(Certificate, RefusesDamagedOrDoubledExtensions) {
  for (const int nid : {NID_subject_alt_name, NID_basic_constraints, NID_authority_key_identifier,
                        NID_subject_key_identifier}) {
    EXPECT_FALSE(Certificate::from_der(changed_der([&](X509* certificate) {
      replace_extension(certificate, nid, Bytes{0x30, 0x05, 0x01});
    }))) << nid;
    EXPECT_FALSE(Certificate::from_der(changed_der([&](X509* certificate) {
      X509_add_ext(certificate, X509_get_ext(certificate, X509_get_ext_by_NID(certificate, nid, -1)), -1);
    }))) << nid;
  }
}

TEST(Certificate, TellsOddSerials) {
  const auto with_serial = [](long value) {
    return Certificate::from_der(changed_der([value](X509* certificate) {
             ASN1_INTEGER_set(X509_get_serialNumber(certificate), value);
           }))
        .value();
  };
  EXPECT_EQ(with_serial(0).serial(), "00");
  EXPECT_EQ(hex_encode(with_serial(0).serial_octets()), "00");
  EXPECT_EQ(with_serial(0x87).serial(), "87");
  EXPECT_EQ(hex_encode(with_serial(0x87).serial_octets()), "0087");
  EXPECT_EQ(with_serial(-2).serial(), "02");
  EXPECT_EQ(hex_encode(with_serial(-2).serial_octets()), "fe");
}

TEST(Certificate, WritesSerialsAsOpensslDoes) {
  for (const long value : {0L, 1L, 0x0aL, 0x80L, 0xabcL, 0x0102abL, 0x7f00000000000000L}) {
    const Certificate certificate = Certificate::from_der(changed_der([value](X509* x509) {
                                      ASN1_INTEGER_set(X509_get_serialNumber(x509), value);
                                    })).value();
    const std::unique_ptr<BIO, Freed<BIO_free_all>> text(BIO_new(BIO_s_mem()));
    ASSERT_GT(i2a_ASN1_INTEGER(text.get(), X509_get0_serialNumber(certificate.native())), 0);
    char* begin = nullptr;
    const long size = BIO_get_mem_data(text.get(), &begin);
    EXPECT_EQ(certificate.serial(), lower_ascii({begin, static_cast<std::size_t>(size)}));
  }
}

TEST(Certificate, AbsentExtensionsAreEmpty) {
  const Bytes der = changed_der([](X509* certificate) {
    while (X509_get_ext_count(certificate) > 0) X509_EXTENSION_free(X509_delete_ext(certificate, 0));
  });
  const Certificate certificate = Certificate::from_der(der).value();
  EXPECT_TRUE(certificate.dns_names().empty());
  EXPECT_TRUE(certificate.authority_key_id().empty());
  EXPECT_TRUE(certificate.subject_key_id().empty());
  EXPECT_FALSE(certificate.is_ca());
}

}  // namespace
}  // namespace certstead

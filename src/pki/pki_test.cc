#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/temp_dir.h"
#include "crypto/csr.h"
#include "crypto/openssl.h"
#include "pki/openssl_cli.h"
#include "pki/path_rules.h"
#include "pki/pki_inspector.h"
#include "pki/pki_key_maker.h"
#include "pki/test_ca.h"

namespace certstead {
namespace {

TEST(Inspector, TellsTheFactsOfACertificate) {
  const TestCa ca = TestCa::root("Root");
  const PrivateKey key = test_key();
  const Certificate leaf = ca.leaf(key, {"www.example.test", "*.example.test"});
  const CertificateFacts facts = PkiInspector().facts(leaf.der()).value();
  EXPECT_EQ(facts.issuer, "CN=Root");
  EXPECT_EQ(facts.names, (std::vector<std::string>{"www.example.test", "*.example.test"}));
  EXPECT_EQ(facts.key_type, KeyType::kP256);
  EXPECT_EQ(facts.not_before, kTestStart);
  EXPECT_EQ(facts.not_after, kTestEnd);
  EXPECT_EQ(facts.fingerprint.size(), 64U);
  EXPECT_EQ(facts.spki_sha256, PkiInspector().facts(ca.leaf(key).der()).value().spki_sha256);
  EXPECT_NE(facts.serial, PkiInspector().facts(ca.leaf(key).der()).value().serial);
}

// The serial number is that of the example in RFC 9773 section 4.1.
TEST(Inspector, AriIdKeepsTheLeadingZeroOfTheSerial) {
  const TestCa ca = TestCa::root("Root");
  const Certificate leaf = issue_certificate({.dns_names = {"www.example.test"},
                                              .public_key = test_key().public_key(),
                                              .not_before = kTestStart,
                                              .not_after = kTestEnd,
                                              .serial = {0x87, 0x65, 0x43, 0x21}},
                                             ca.key, ca.certificate)
                               .value();
  const CertificateFacts facts = facts_of(leaf);
  EXPECT_EQ(facts.serial, "87654321");
  EXPECT_EQ(facts.ari_id, base64url_encode(ca.certificate.subject_key_id()) + ".AIdlQyE");
}

Bytes self_signed(const std::string& extensions) {
  const TempDir dir;
  const std::string der = (dir.path() / "one.der").string();
  const ProgramResult made =
      run_command("cd " + dir.path().string() +
                  " && printf '[req]\ndistinguished_name=n\nx509_extensions=e\n[n]\n[e]\n" + extensions +
                  "' >one.conf && openssl req -x509 -config one.conf -subj /CN=One -newkey rsa:2048 -nodes "
                  "-keyout /dev/null -days 9 -outform DER -out one.der");
  EXPECT_EQ(made.exit_code, 0) << made.output;
  return to_bytes(read_text_file(der).value());
}

TEST(Inspector, TellsCasFromWhatVouchesForNoOther) {
  PkiInspector inspector;
  const TestCa root = TestCa::root("Root");
  EXPECT_TRUE(inspector.check_ca(root.certificate.der()));
  EXPECT_TRUE(inspector.check_ca(root.sign("Issuing").certificate.der()));
  EXPECT_TRUE(inspector.check_ca(self_signed("basicConstraints=CA:TRUE\n")));
  EXPECT_EQ(inspector.check_ca(root.leaf(test_key()).der()).error().id, "not-a-ca");
  EXPECT_EQ(inspector.check_ca(self_signed("basicConstraints=CA:FALSE\n")).error().detail,
            "CN=One is no CA: its basic constraints deny it");
  EXPECT_EQ(inspector.check_ca(self_signed("subjectAltName=DNS:a.test\n")).error().detail,
            "CN=One is no CA: it has no basic constraints that say so");
  EXPECT_EQ(
      inspector.check_ca(self_signed("basicConstraints=CA:TRUE\nkeyUsage=digitalSignature\n")).error().detail,
      "CN=One is no CA: its key usage does not let it sign certificates");
  EXPECT_EQ(inspector.check_ca(to_bytes("nothing")).error().id, "certificate-unreadable");
}

// They can't say that they are CAs; roots of that age are still trusted.
TEST(Inspector, TakesARootOfVersion1ForACa) {
  const PrivateKey key = test_key();
  const Certificate like = issue_certificate({.common_name = "Old Root",
                                              .public_key = key.public_key(),
                                              .not_before = kTestStart,
                                              .not_after = kTestEnd},
                                             key, {})
                               .value();
  const std::unique_ptr<X509, Freed<X509_free>> old(X509_dup(like.native()));
  while (X509_get_ext_count(old.get()) > 0) X509_EXTENSION_free(X509_delete_ext(old.get(), 0));
  ASSERT_EQ(X509_set_version(old.get(), 0), 1);
  ASSERT_GT(X509_sign(old.get(), key.native(), EVP_sha256()), 0);
  std::uint8_t* der = nullptr;
  const int length = i2d_X509(old.get(), &der);
  ASSERT_GT(length, 0);
  const Bytes bytes(der, der + length);
  OPENSSL_free(der);
  EXPECT_TRUE(PkiInspector().check_ca(bytes));
}

TEST(Inspector, PemGoesThereAndBack) {
  const TestCa root = TestCa::root("Root");
  const std::vector<Bytes> chain = {root.sign("Issuing").certificate.der(), root.certificate.der()};
  PkiInspector inspector;
  EXPECT_EQ(inspector.certificates_in_pem("Bag Attributes\n" + inspector.to_pem(chain)).value(), chain);
  EXPECT_EQ(inspector.certificates_in_pem("nothing").error().id, "certificate-absent");
  EXPECT_TRUE(inspector.is_self_signed(chain[1]));
  EXPECT_FALSE(inspector.is_self_signed(chain[0]));
  EXPECT_FALSE(inspector.is_self_signed(to_bytes("nothing")));
}

TEST(KeyMaker, RequestHasTheNamesAndNoCommonName) {
  PkiKeyMaker maker;
  const SecretBytes key = maker.make_key(KeyType::kP384).value();
  const std::string long_label(63, 'a');
  const std::vector<HostPattern> names = {HostPattern::parse("*.example.test").value(),
                                          HostPattern::parse(long_label + ".example.test").value()};
  const CsrFacts facts = read_csr(maker.make_csr(key, names).value()).value();
  EXPECT_EQ(facts.dns_names, (std::vector<std::string>{"*.example.test", long_label + ".example.test"}));
  EXPECT_EQ(facts.common_name, "");
  EXPECT_FALSE(facts.asks_for_ca);
  EXPECT_TRUE(facts.public_key.same_as(PrivateKey::from_der(key.reveal()).value().public_key()));
  EXPECT_EQ(maker.make_csr(key, {}).error().code, Code::kInvalid);
}

TEST(KeyMaker, MakesEveryKindOfKeyFresh) {
  PkiKeyMaker maker;
  for (const KeyType type : {KeyType::kP256, KeyType::kP384, KeyType::kRsa2048}) {
    const SecretBytes one = maker.make_key(type).value();
    const SecretBytes two = maker.make_key(type).value();
    EXPECT_EQ(PrivateKey::from_der(one.reveal()).value().type(), type);
    EXPECT_FALSE(std::ranges::equal(one.reveal(), two.reveal()));
  }
}

TEST(PathRules, OurOwnCertificatesKeepThem) {
  const TestCa root = TestCa::root("Root");
  EXPECT_TRUE(
      check_path_rules({root.leaf(test_key(), {"*.example.test", "a-b.example.test"}), root.certificate}));
}

TEST(PathRules, NamesOutsideOfRfc5280AreRefused) {
  const TestCa root = TestCa::root("Root");
  for (const std::string name : {"a_b.example.test", "-a.example.test", "a-.example.test"}) {
    EXPECT_FALSE(check_path_rules({root.leaf(test_key(), {name}), root.certificate})) << name;
  }
}

}  // namespace
}  // namespace certstead

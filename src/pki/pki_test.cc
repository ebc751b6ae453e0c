#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/csr.h"
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

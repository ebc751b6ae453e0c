#include "pki/pki_chain_inspector.h"

#include <gtest/gtest.h>

#include "pki/test_ca.h"

namespace certstead {
namespace {

// A key that nobody here would make.
PublicKey short_rsa_key() { return PublicKey(std::shared_ptr<EVP_PKEY>(EVP_RSA_gen(1024), EVP_PKEY_free)); }

TEST(ChainInspector, TellsAShortRsaKeyFromTheBytes) {
  const TestCa ca = TestCa::root("Root");
  const Certificate leaf = issue_certificate({.dns_names = {"www.example.test"},
                                              .public_key = short_rsa_key(),
                                              .not_before = kTestStart,
                                              .not_after = kTestEnd,
                                              .server_auth = true},
                                             ca.key, ca.certificate)
                               .value();
  const ChainReport report = PkiChainInspector().inspect({leaf.der()}, {ca.trusted()}, kTestNow).value();
  EXPECT_EQ(report.key, "RSA 1024");
  EXPECT_EQ(report.weaknesses, (std::vector<std::string>{"the leaf has a key of RSA 1024 bits only"}));
}

// The certificate signs itself anew with SHA-1 in the name of its issuer.
TEST(ChainInspector, TellsASha1SignatureFromTheBytes) {
  const TestCa ca = TestCa::root("Root");
  const Certificate good = ca.leaf(test_key());
  const X509Handle copy(X509_dup(good.native()));
  ASSERT_GT(X509_sign(copy.get(), ca.key.native(), EVP_sha1()), 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509(copy.get(), &der);
  const Bytes bytes(der, der + size);
  OPENSSL_free(der);
  const ChainReport report = PkiChainInspector().inspect({bytes}, {ca.trusted()}, kTestNow).value();
  EXPECT_EQ(report.weaknesses, (std::vector<std::string>{"the leaf is signed with ecdsa-with-SHA1"}));
  EXPECT_TRUE(PkiChainInspector().inspect({good.der()}, {ca.trusted()}, kTestNow).value().weaknesses.empty());
}

TEST(ChainInspector, AnIntermediateThatOnlyWeKnowDoesNotMakeAServedChainComplete) {
  const TestCa root = TestCa::root("Root");
  const TestCa issuing = root.sign("Issuing");
  const Certificate leaf = issuing.leaf(test_key());
  const std::vector<TrustedRoot> known = {root.trusted(), issuing.trusted()};
  PkiChainInspector inspector;
  const ChainReport open = inspector.inspect({leaf.der()}, known, kTestNow).value();
  EXPECT_FALSE(open.root_known);
  EXPECT_EQ(open.top_issuer, "CN=Issuing");
  EXPECT_NE(open.problem, "");
  const auto full = inspector.complete({leaf.der()}, {}, known, kTestNow).value();
  EXPECT_EQ(full, (std::vector<Bytes>{leaf.der(), issuing.certificate.der()}));
  EXPECT_TRUE(inspector.inspect(full, known, kTestNow).value().root_known);
}

TEST(ChainInspector, TheSystemsRootsCountAsWell) {
  const TestCa root = TestCa::root("Root");
  const Certificate leaf = root.leaf(test_key());
  EXPECT_FALSE(PkiChainInspector().inspect({leaf.der()}, {}, kTestNow)->root_known);
  EXPECT_TRUE(PkiChainInspector({root.certificate}).inspect({leaf.der()}, {}, kTestNow)->root_known);
}

TEST(ChainInspector, AnExpiredLeafStillHasACompleteChain) {
  const TestCa root = TestCa::root("Root");
  const Certificate leaf =
      root.leaf(test_key(), {"www.example.test"}, kTestStart, kTestNow - std::chrono::days(1));
  EXPECT_TRUE(PkiChainInspector().inspect({leaf.der()}, {root.trusted()}, kTestNow)->root_known);
}

TEST(ChainInspector, FetchedIssuersAreNoAnchors) {
  const TestCa stranger = TestCa::root("Stranger");
  const Certificate leaf = stranger.leaf(test_key());
  const auto full = PkiChainInspector().complete({leaf.der()}, {stranger.certificate.der()}, {}, kTestNow);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().id, "path-untrusted");
}

}  // namespace
}  // namespace certstead

#include "pki/pki_chain_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "crypto/csr.h"
#include "pki/test_ca.h"

namespace certstead {
namespace {

HostPattern pattern(std::string_view text) { return HostPattern::parse(text).value(); }

class ChainBuilderTest : public testing::Test {
 protected:
  Expected expected() const { return {csr_, {pattern("www.example.test")}, {}, kTestNow}; }
  // The common names of the chain behind the leaf, or the id of the error.
  std::string check(const std::vector<Bytes>& downloaded, const Expected& what,
                    const std::vector<TrustedRoot>& roots) {
    const auto checked = builder_.check(downloaded, what, roots);
    warnings_.clear();
    if (!checked) return checked.error().id;
    warnings_ = checked->warnings;
    std::string out = "leaf";
    EXPECT_EQ(checked->chain[0], leaf_.der());
    for (std::size_t i = 1; i < checked->chain.size(); ++i) {
      out += " < " + Certificate::from_der(checked->chain[i]).value().subject_common_name();
    }
    return out;
  }
  std::string check(const std::vector<Bytes>& downloaded) {
    return check(downloaded, expected(), {root_.trusted()});
  }
  std::string check_leaf(const Certificate& leaf) { return check({leaf.der(), issuing_.certificate.der()}); }
  bool warned_of(std::string_view words) const {
    return std::ranges::any_of(warnings_,
                               [&](const std::string& one) { return one.find(words) != std::string::npos; });
  }

  PkiChainBuilder builder_;
  const TestCa root_ = TestCa::root("Root");
  const TestCa issuing_ = root_.sign("Issuing");
  const PrivateKey key_ = test_key();
  const Bytes csr_ = make_csr(key_, {"www.example.test"}, false).value();
  const Certificate leaf_ = issuing_.leaf(key_);
  std::vector<std::string> warnings_;
};

TEST_F(ChainBuilderTest, GoodChainIsTakenAsItIs) {
  EXPECT_EQ(check({leaf_.der(), issuing_.certificate.der()}), "leaf < Issuing");
  EXPECT_TRUE(warnings_.empty());
  const auto checked =
      builder_.check({leaf_.der(), issuing_.certificate.der()}, expected(), {root_.trusted()});
  EXPECT_EQ(checked->facts.fingerprint, leaf_.fingerprint());
}

TEST_F(ChainBuilderTest, RootIsLeftOutAndOrderIsPutRight) {
  EXPECT_EQ(check({root_.certificate.der(), issuing_.certificate.der(), leaf_.der()}), "leaf < Issuing");
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(ChainBuilderTest, MissingIntermediateIsCompletedFromTheTrustedOnes) {
  EXPECT_EQ(check({leaf_.der()}, expected(), {issuing_.trusted(), root_.trusted()}), "leaf < Issuing");
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(ChainBuilderTest, UnrelatedCertificateIsDroppedWithAWarning) {
  const TestCa other = TestCa::root("Other").sign("Stray");
  EXPECT_EQ(check({leaf_.der(), other.certificate.der(), issuing_.certificate.der()}), "leaf < Issuing");
  EXPECT_TRUE(warned_of("Stray"));
}

TEST_F(ChainBuilderTest, UnknownRootIsAcceptedWithAWarning) {
  EXPECT_EQ(check({leaf_.der(), issuing_.certificate.der()}, expected(), {}), "leaf < Issuing");
  EXPECT_TRUE(warned_of("no trusted root is known for"));
  EXPECT_EQ(check({leaf_.der(), issuing_.certificate.der(), root_.certificate.der()}, expected(), {}),
            "leaf < Issuing");
  EXPECT_TRUE(warned_of("no trusted root is known for"));
  EXPECT_EQ(check({leaf_.der()}), "leaf");
  EXPECT_TRUE(warned_of("no trusted root is known for"));
}

TEST_F(ChainBuilderTest, WrongKeyIsRefused) {
  EXPECT_EQ(check_leaf(issuing_.leaf(test_key())), "certificate-key");
  EXPECT_EQ(check({issuing_.certificate.der()}), "certificate-key");
}

TEST_F(ChainBuilderTest, EndedOneIsRefused) {
  EXPECT_EQ(
      check_leaf(issuing_.leaf(key_, {"www.example.test"}, kTestStart, kTestNow - std::chrono::seconds(1))),
      "certificate-expired");
}

TEST_F(ChainBuilderTest, OneThatStartsLaterThanTheSkewIsRefused) {
  const auto starting = [&](Instant start) {
    return builder_.check(
        {issuing_.leaf(key_, {"www.example.test"}, start).der(), issuing_.certificate.der()}, expected(),
        {root_.trusted()});
  };
  EXPECT_TRUE(starting(kTestNow + kIssueSkew));
  EXPECT_EQ(starting(kTestNow + kIssueSkew + std::chrono::seconds(1)).error().id,
            "certificate-not-yet-valid");
}

TEST_F(ChainBuilderTest, EveryNameMustBeThereLiterally) {
  EXPECT_EQ(check_leaf(issuing_.leaf(key_, {"example.test"})), "certificate-name");
  EXPECT_EQ(check_leaf(issuing_.leaf(key_, {"*.example.test"})), "certificate-name");
  EXPECT_EQ(check_leaf(issuing_.leaf(key_, {})), "certificate-name");
  Expected two = expected();
  two.names.push_back(pattern("*.example.test"));
  EXPECT_EQ(check({leaf_.der(), issuing_.certificate.der()}, two, {root_.trusted()}), "certificate-name");
}

TEST_F(ChainBuilderTest, PreviousOneIsRefused) {
  Expected again = expected();
  again.previous_fingerprints = {"00", leaf_.fingerprint()};
  EXPECT_EQ(check({leaf_.der(), issuing_.certificate.der()}, again, {root_.trusted()}), "certificate-old");
}

TEST_F(ChainBuilderTest, OfTwoWithTheSameKeyTheNewOneCounts) {
  const Certificate old = issuing_.leaf(key_);
  Expected renewal = expected();
  renewal.previous_fingerprints = {old.fingerprint()};
  EXPECT_EQ(check({old.der(), leaf_.der(), issuing_.certificate.der()}, renewal, {root_.trusted()}),
            "leaf < Issuing");
}

TEST_F(ChainBuilderTest, GarbageIsRefused) {
  EXPECT_EQ(check({}), "certificate-garbage");
  EXPECT_EQ(check({leaf_.der(), to_bytes("-----BEGIN CERTIFICATE-----")}), "certificate-garbage");
  Bytes longer = leaf_.der();
  longer.push_back(0);
  EXPECT_EQ(check({longer, issuing_.certificate.der()}), "certificate-garbage");
  EXPECT_EQ(check(std::vector<Bytes>(kMaxDownloaded + 1, leaf_.der())), "certificate-garbage");
}

TEST_F(ChainBuilderTest, ChainThatDoesNotHoldIsRefused) {
  const TestCa twin = root_.sign("Issuing");  // the name, but another key
  EXPECT_EQ(check({leaf_.der(), twin.certificate.der()}), "certificate-chain");
  const TestCa expired = root_.sign("Issuing", issuing_.key, kTestNow - std::chrono::days(1));
  EXPECT_EQ(check({leaf_.der(), expired.certificate.der()}), "certificate-chain");
  EXPECT_EQ(check({leaf_.der(), expired.certificate.der()}, expected(), {}), "certificate-chain");
  const Certificate client_only = issue_certificate({.dns_names = {"www.example.test"},
                                                     .public_key = key_.public_key(),
                                                     .not_before = kTestStart,
                                                     .not_after = kTestEnd,
                                                     .client_auth = true},
                                                    issuing_.key, issuing_.certificate)
                                      .value();
  EXPECT_EQ(check_leaf(client_only), "certificate-chain");
}

TEST_F(ChainBuilderTest, RefusalTellsTheReasonAndTheWayOut) {
  const TestCa expired = root_.sign("Issuing", issuing_.key, kTestNow - std::chrono::days(1));
  const auto checked =
      builder_.check({leaf_.der(), expired.certificate.der()}, expected(), {root_.trusted()});
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().detail.find("not within its dates"), std::string::npos) << checked.error().detail;
  EXPECT_EQ(checked.error().code, Code::kInvalid);
}

TEST_F(ChainBuilderTest, ExpiredTrustedRootCountsAsUnknown) {
  const Instant later = kTestEnd + std::chrono::days(1);
  const TestCa lasting{issuing_.key,
                       root_.sign("Issuing", issuing_.key, kTestEnd + std::chrono::days(30)).certificate};
  const PrivateKey key = test_key();
  const Bytes csr = make_csr(key, {"www.example.test"}, false).value();
  const Certificate leaf = lasting.leaf(key, {"www.example.test"}, later, later + std::chrono::days(1));
  const auto checked = builder_.check({leaf.der(), lasting.certificate.der()},
                                      {csr, {pattern("www.example.test")}, {}, later}, {root_.trusted()});
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked->chain.size(), 2U);
  EXPECT_EQ(checked->warnings.size(), 1U);
}

// Underscores are no part of a host name, but clients look past them.
TEST_F(ChainBuilderTest, ChainThatOnlyLooseClientsTakeIsAcceptedWithAWarning) {
  const Certificate odd = issuing_.leaf(key_, {"www.example.test", "a_b.example.test"});
  const auto checked = builder_.check({odd.der(), issuing_.certificate.der()}, expected(), {root_.trusted()});
  ASSERT_TRUE(checked);
  ASSERT_EQ(checked->warnings.size(), 1U);
  EXPECT_NE(checked->warnings[0].find("a_b.example.test"), std::string::npos);
}

TEST_F(ChainBuilderTest, UnreadableTrustedRootIsNamed) {
  TrustedRoot broken = root_.trusted();
  broken.name = "Broken";
  broken.certificate = to_bytes("x");
  EXPECT_EQ(check({leaf_.der(), issuing_.certificate.der()}, expected(), {broken, root_.trusted()}),
            "leaf < Issuing");
  EXPECT_TRUE(warned_of("Broken"));
}

TEST(ParsedCertificates, AreParsedOnceAndTheLeastRecentlyUsedIsForgotten) {
  ParsedCertificates cache(2);
  const Bytes a = TestCa::root("A").certificate.der();
  const Bytes b = TestCa::root("B").certificate.der();
  const Bytes c = TestCa::root("C").certificate.der();
  const Certificate first = cache.parse(a).value();
  EXPECT_EQ(cache.parse(a)->native(), first.native());
  cache.parse(b).value();
  EXPECT_EQ(cache.parse(a)->native(), first.native());
  cache.parse(c).value();  // in the place of B
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_EQ(cache.parse(a)->native(), first.native());
  EXPECT_FALSE(cache.parse(Bytes{1, 2, 3}));
  EXPECT_EQ(cache.size(), 2U);
}

TEST(ParsedCertificates, ServeSeveralThreads) {
  ParsedCertificates cache(3);
  std::vector<Bytes> all;
  for (int i = 0; i < 5; ++i) all.push_back(TestCa::root("R" + std::to_string(i)).certificate.der());
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 200; ++i) {
        const Bytes& der = all[(i * (t + 1)) % all.size()];
        const auto parsed = cache.parse(der);
        if (!parsed || parsed->der() != der) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(cache.size(), 3U);
}

}  // namespace
}  // namespace certstead

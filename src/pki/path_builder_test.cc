#include "pki/path_builder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "pki/test_ca.h"

namespace certstead {
namespace {

using Certificates = std::vector<Certificate>;

// "leaf < Intermediate < Root", or the id of the error.
std::string names(const Result<Certificates>& path) {
  if (!path) return path.error().id;
  std::string out = "leaf";
  for (std::size_t i = 1; i < path->size(); ++i) out += " < " + (*path)[i].subject_common_name();
  return out;
}

Certificates of(const std::vector<TestCa>& cas) {
  Certificates out;
  for (const TestCa& ca : cas) out.push_back(ca.certificate);
  return out;
}

class PathBuilder : public testing::Test {
 protected:
  std::string build(const Certificates& pool, const Certificates& roots, Instant now = kTestNow) {
    return names(build_path(leaf_, pool, roots, now));
  }
  const TestCa root_ = TestCa::root("Root");
  const TestCa middle_ = root_.sign("Middle");
  const TestCa issuing_ = middle_.sign("Issuing");
  const PrivateKey key_ = test_key();
  const Certificate leaf_ = issuing_.leaf(key_);
  const Certificates pool_ = of({middle_, issuing_});
};

TEST_F(PathBuilder, FindsTheWayInAnyOrder) {
  EXPECT_EQ(build(pool_, {root_.certificate}), "leaf < Issuing < Middle < Root");
  EXPECT_EQ(build({pool_[1], pool_[0]}, {root_.certificate}), "leaf < Issuing < Middle < Root");
  EXPECT_EQ(build({pool_[1], root_.certificate, leaf_, pool_[0], pool_[1]}, {root_.certificate}),
            "leaf < Issuing < Middle < Root");
}

TEST_F(PathBuilder, RootThatIsNotTrustedLeadsNowhere) {
  EXPECT_EQ(build(of({middle_, issuing_, root_}), {}), "path-untrusted");
  EXPECT_EQ(build(pool_, {TestCa::root("Root").certificate}), "path-untrusted");
}

TEST_F(PathBuilder, IntermediateAmongTheRootsHelpsButIsNoAnchor) {
  EXPECT_EQ(build({issuing_.certificate}, of({middle_, root_})), "leaf < Issuing < Middle < Root");
  EXPECT_EQ(build({issuing_.certificate}, of({middle_})), "path-untrusted");
}

TEST_F(PathBuilder, ShortestPathWins) {
  const TestCa new_root = TestCa::root("New");
  const TestCa cross = new_root.sign("Issuing", issuing_.key);
  EXPECT_EQ(build(of({middle_, issuing_, cross}), of({root_, new_root})), "leaf < Issuing < New");
}

TEST_F(PathBuilder, ExpiredCrossCertificateIsPassedOver) {
  const TestCa old_root = TestCa::root("Old");
  const TestCa expired = old_root.sign("Issuing", issuing_.key, kTestNow - std::chrono::days(1));
  EXPECT_EQ(build(of({expired, middle_, issuing_}), of({old_root, root_})), "leaf < Issuing < Middle < Root");
}

TEST_F(PathBuilder, ComesBackFromADeadEnd) {
  const TestCa unknown = TestCa::root("Unknown");
  const TestCa dead_end = unknown.sign("Middle", middle_.key);
  EXPECT_EQ(build(of({dead_end, unknown, middle_, issuing_}), {root_.certificate}),
            "leaf < Issuing < Middle < Root");
}

// Same name and key as the good intermediate, but no CA: OpenSSL's own builder would take it and give up.
TEST_F(PathBuilder, CertificateWithoutTheRightsOfACaDoesNotHideTheGoodOne) {
  const Certificate decoy = issue_certificate({.common_name = "Issuing",
                                               .public_key = issuing_.key.public_key(),
                                               .not_before = kTestStart,
                                               .not_after = kTestEnd + std::chrono::days(1)},
                                              root_.key, root_.certificate)
                                .value();
  EXPECT_EQ(build({decoy, pool_[0], pool_[1]}, {root_.certificate}), "leaf < Issuing < Middle < Root");
  EXPECT_EQ(build({decoy}, {root_.certificate}), "path-invalid");
}

TEST_F(PathBuilder, CircleEnds) {
  const TestCa issuing_by_other = TestCa{middle_.key, middle_.certificate};
  const TestCa middle_by_issuing = issuing_.sign("Middle", middle_.key);
  EXPECT_EQ(build(of({issuing_, middle_by_issuing}), {root_.certificate}), "path-untrusted");
  EXPECT_EQ(build(of({issuing_, middle_by_issuing, issuing_by_other}), {root_.certificate}),
            "leaf < Issuing < Middle < Root");
}

TEST_F(PathBuilder, HundredIntermediatesOfTheSameNameAreSortedOut) {
  Certificates pool = pool_;
  for (int i = 0; i < 100; ++i) pool.insert(pool.begin(), root_.sign("Issuing").certificate);
  EXPECT_EQ(build(pool, {root_.certificate}), "leaf < Issuing < Middle < Root");
}

// Five keys for each of seven names, each certified by all five of the next name: 5^7 ways to nowhere.
TEST_F(PathBuilder, HostileMeshEndsWithinItsBounds) {
  std::vector<TestCa> layer, next;
  Certificates pool;
  for (int i = 0; i < 5; ++i) layer.push_back(TestCa::root("L7"));
  for (int depth = 6; depth >= 0; --depth) {
    next.clear();
    for (int i = 0; i < 5; ++i) {
      const PrivateKey key = test_key();
      for (const TestCa& issuer : layer) {
        next.push_back(issuer.sign("L" + std::to_string(depth), key));
        pool.push_back(next.back().certificate);
      }
    }
    layer.clear();
    for (std::size_t i = 0; i < next.size(); i += 5) layer.push_back(next[i]);
  }
  const Certificate leaf = layer[0].leaf(key_);
  EXPECT_EQ(names(build_path(leaf, pool, {root_.certificate}, kTestNow)), "path-limit");
}

TEST_F(PathBuilder, LengthIsBounded) {
  const auto chain_of = [&](std::size_t length) {
    TestCa last = root_;
    Certificates pool;
    for (std::size_t i = 2; i < length; ++i) {
      last = last.sign("I" + std::to_string(i));
      pool.push_back(last.certificate);
    }
    return build_path(last.leaf(key_), pool, {root_.certificate}, kTestNow);
  };
  EXPECT_EQ(chain_of(kMaxPathLength).value().size(), kMaxPathLength);
  EXPECT_EQ(names(chain_of(kMaxPathLength + 1)), "path-limit");
}

TEST_F(PathBuilder, DatesHoldToTheSecondAtBothEnds) {
  const auto at = [&](Instant now) { return build(pool_, {root_.certificate}, now); };
  EXPECT_EQ(at(kTestStart), "leaf < Issuing < Middle < Root");
  EXPECT_EQ(at(kTestEnd), "leaf < Issuing < Middle < Root");
  EXPECT_NE(at(kTestStart - Duration(1)), "leaf < Issuing < Middle < Root");
  EXPECT_NE(at(kTestEnd + std::chrono::seconds(1)), "leaf < Issuing < Middle < Root");
}

TEST_F(PathBuilder, RefusalSaysWhichCertificateAndWhy) {
  const auto path =
      build_path(leaf_, pool_, {root_.certificate}, kTestNow, {.purpose = PathPurpose::kClient});
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().id, "path-invalid");
  EXPECT_NE(path.error().detail.find("purpose"), std::string::npos) << path.error().detail;
}

TEST_F(PathBuilder, TrustedSelfSignedLeafIsAPathOfItsOwn) {
  const Certificate own = issue_certificate({.common_name = "own",
                                             .dns_names = {"own.example.test"},
                                             .public_key = key_.public_key(),
                                             .not_before = kTestStart,
                                             .not_after = kTestEnd},
                                            key_, {})
                              .value();
  EXPECT_EQ(names(build_path(own, {}, {own}, kTestNow)), "leaf");
  EXPECT_EQ(names(build_path(own, {}, {root_.certificate}, kTestNow)), "path-untrusted");
}

TEST_F(PathBuilder, LinksAsFarAsTheCertificatesGo) {
  EXPECT_EQ(names(link_path(leaf_, pool_, kTestNow)), "leaf < Issuing < Middle");
  EXPECT_EQ(names(link_path(leaf_, of({middle_, issuing_, root_}), kTestNow)),
            "leaf < Issuing < Middle < Root");
  EXPECT_EQ(names(link_path(leaf_, {}, kTestNow)), "leaf");
  EXPECT_EQ(names(link_path(leaf_, {TestCa::root("Unrelated").certificate}, kTestNow)), "leaf");
}

TEST_F(PathBuilder, DoesNotLinkOverAnIssuerThatDoesNotFit) {
  EXPECT_EQ(names(link_path(leaf_, {middle_.sign("Issuing").certificate}, kTestNow)), "path-invalid");
  const TestCa expired = middle_.sign("Issuing", issuing_.key, kTestNow - std::chrono::days(1));
  EXPECT_EQ(names(link_path(leaf_, {expired.certificate}, kTestNow)), "path-invalid");
  const Certificate no_ca = issue_certificate({.common_name = "Issuing",
                                               .public_key = issuing_.key.public_key(),
                                               .not_before = kTestStart,
                                               .not_after = kTestEnd},
                                              middle_.key, middle_.certificate)
                                .value();
  EXPECT_EQ(names(link_path(leaf_, {no_ca}, kTestNow)), "path-invalid");
}

}  // namespace
}  // namespace certstead

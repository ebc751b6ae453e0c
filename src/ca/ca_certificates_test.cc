#include "ca/ca_certificates.h"

#include <gmock/gmock.h>

#include "crypto/issue.h"
#include "crypto/openssl.h"
#include "pki/test_ca.h"

namespace certstead {
namespace {

class CaAnswer : public testing::Test {
 protected:
  CertificateTemplate wanted() const {
    return {.common_name = "Sub",
            .public_key = key.public_key(),
            .not_before = kTestStart,
            .not_after = kTestEnd,
            .is_ca = true,
            .path_length = 0};
  }
  Certificate signed_by(const TestCa& ca, const CertificateTemplate& content) const {
    return issue_certificate(content, ca.key, ca.certificate).value();
  }
  std::string refusal(const std::vector<Certificate>& given) {
    std::vector<Bytes> files;
    for (const Certificate& one : given) files.push_back(one.der());
    const auto taken = accept_ca_answer(files, key.public_key(), {root.trusted()}, kTestNow);
    return taken ? "taken" : taken.error().id;
  }

  PrivateKey key = test_key();
  TestCa root = TestCa::root("Corporate Root");
  TestCa middle = root.sign("Corporate Intermediate");
};

TEST_F(CaAnswer, IsTakenInAnyOrderWithoutTheRoot) {
  const Certificate own = signed_by(middle, wanted());
  const auto chain = accept_ca_answer({root.certificate.der(), middle.certificate.der(), own.der()},
                                      key.public_key(), {root.trusted()}, kTestNow);
  ASSERT_TRUE(chain) << chain.error().detail;
  ASSERT_EQ(chain->size(), 2U);
  EXPECT_EQ(chain->front().der(), own.der());
  EXPECT_EQ(chain->back().der(), middle.certificate.der());
}

TEST_F(CaAnswer, IsTakenWithoutAKnownRoot) {
  const auto chain = accept_ca_answer({signed_by(root, wanted()).der()}, key.public_key(), {}, kTestNow);
  ASSERT_TRUE(chain) << chain.error().detail;
  EXPECT_EQ(chain->size(), 1U);
}

TEST_F(CaAnswer, MustBeForTheKey) {
  CertificateTemplate other = wanted();
  other.public_key = test_key().public_key();
  EXPECT_EQ(refusal({signed_by(root, other)}), "certificate-key");
}

TEST_F(CaAnswer, MustBeACa) {
  CertificateTemplate leaf = wanted();
  leaf.is_ca = false;
  leaf.path_length.reset();
  EXPECT_EQ(refusal({signed_by(root, leaf)}), "certificate-no-ca");
}

TEST_F(CaAnswer, MustBeWithinItsDates) {
  CertificateTemplate old = wanted();
  old.not_after = kTestNow - std::chrono::days{1};
  EXPECT_EQ(refusal({signed_by(root, old)}), "certificate-expired");
  CertificateTemplate early = wanted();
  early.not_before = kTestNow + std::chrono::days{2};
  EXPECT_EQ(refusal({signed_by(root, early)}), "certificate-not-yet-valid");
}

TEST_F(CaAnswer, NeedsRoomInEveryPathLengthAboveIt) {
  const PrivateKey narrow_key = test_key();
  CertificateTemplate narrow = wanted();
  narrow.common_name = "Narrow";
  narrow.public_key = narrow_key.public_key();
  const TestCa ca{narrow_key, signed_by(root, narrow)};
  EXPECT_EQ(refusal({signed_by(ca, wanted()), ca.certificate}), "certificate-chain");
}

TEST_F(CaAnswer, ChainMustHold) {
  const TestCa twin = TestCa::root("Corporate Root");
  EXPECT_EQ(refusal({signed_by(twin, wanted()), root.certificate}), "certificate-chain");
  EXPECT_EQ(refusal({make_root("Own", key, {}, kTestNow, 1).value()}), "certificate-chain") << "self-signed";
}

TEST_F(CaAnswer, GarbageIsCalledGarbage) {
  const auto taken = accept_ca_answer({to_bytes("nothing")}, key.public_key(), {}, kTestNow);
  EXPECT_EQ(taken.error().id, "certificate-garbage");
  EXPECT_EQ(accept_ca_answer({}, key.public_key(), {}, kTestNow).error().id, "certificate-garbage");
}

TEST(CaRoot, IsACaForTenYearsWithRoomForLeavesOnly) {
  const PrivateKey key = test_key();
  const Certificate root = make_root("Own", key, {"a.test"}, kTestNow, 10).value();
  EXPECT_TRUE(root.is_ca());
  EXPECT_TRUE(root.is_self_signed());
  EXPECT_EQ(X509_get_pathlen(root.native()), 0);
  EXPECT_EQ(X509_get_key_usage(root.native()), std::uint32_t{KU_KEY_CERT_SIGN | KU_CRL_SIGN});
  EXPECT_GE(root.not_after(), kTestNow + std::chrono::days{3650});
}

}  // namespace
}  // namespace certstead

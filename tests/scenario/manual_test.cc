// The manual flow, with a real store, vault, member and view; the CA is a person with a key.
#include <gmock/gmock.h>
#include <openssl/cms.h>
#include <openssl/pkcs7.h>

#include <algorithm>

#include "crypto/csr.h"
#include "crypto/issue.h"
#include "crypto/openssl.h"
#include "crypto/pem.h"
#include "support/test_manager.h"

namespace certstead {
namespace {

using std::chrono::days;
using testing::HasSubstr;

class Manual : public testing::Test {
 protected:
  Manual() {
    EXPECT_TRUE(m.issuers->install_known({}));
    EXPECT_TRUE(m.issuers->add_roots(root.to_pem(), "corporate", false, m.actor));
  }

  RequestInput wanted(std::vector<std::string> keys = {"p256"}) {
    RequestInput input = m.input({"www.lab.test", "mail.lab.test"});
    input.issuer = "manual";
    input.key_types = std::move(keys);
    return input;
  }
  void request(std::vector<std::string> keys = {"p256"}) {
    const auto outcome = m.requests->request(wanted(std::move(keys)), m.actor);
    ASSERT_TRUE(outcome) << outcome.error().detail;
    m.run_due();
  }
  SetView set() { return m.show("www.lab.test"); }
  std::vector<OpenRequest> open() { return m.manual->requests("www.lab.test", std::nullopt).value(); }
  CsrFacts csr(std::size_t index = 0) {
    const std::string pem = open().at(index).pem;
    std::string_view text = pem;
    return read_csr(decode_pem(next_pem_block(text).value()).value().reveal()).value();
  }
  CertificateTemplate leaf(const PublicKey& key) {
    return {.dns_names = {"www.lab.test", "mail.lab.test"},
            .public_key = key,
            .not_before = m.clock.now() - std::chrono::hours{1},
            .not_after = m.clock.now() + days{90},
            .server_auth = true};
  }
  Certificate sign(const CertificateTemplate& content) {
    return issue_certificate(content, middle_key, middle).value();
  }
  // The answer for one request: leaf and intermediate.
  Bytes answer(std::size_t index = 0) {
    return to_bytes("A letter from the CA\n" + sign(leaf(csr(index).public_key)).to_pem() + "\n" +
                    middle.to_pem());
  }
  Result<CompleteOutcome> complete(std::vector<Bytes> files) {
    auto outcome = m.manual->complete("www.lab.test", files, m.actor);
    if (outcome) m.run_due();
    return outcome;
  }
  std::string refusal(const Certificate& certificate) {
    const auto outcome = complete({to_bytes(certificate.to_pem() + middle.to_pem())});
    return outcome ? "taken" : outcome.error().id;
  }

  TestManager m;
  PrivateKey root_key = PrivateKey::generate(KeyType::kP256).value();
  PrivateKey middle_key = PrivateKey::generate(KeyType::kP256).value();
  Certificate root = issue_certificate({.common_name = "Corporate Root",
                                        .public_key = root_key.public_key(),
                                        .not_before = m.clock.now() - days{365},
                                        .not_after = m.clock.now() + days{3650},
                                        .is_ca = true},
                                       root_key, std::nullopt)
                         .value();
  Certificate middle = issue_certificate({.common_name = "Corporate Intermediate",
                                          .public_key = middle_key.public_key(),
                                          .not_before = m.clock.now() - days{365},
                                          .not_after = m.clock.now() + days{1000},
                                          .is_ca = true},
                                         root_key, root)
                           .value();
};

TEST_F(Manual, RequestMakesKeyAndCsrHereAndWaits) {
  request();
  EXPECT_EQ(set().set.status, SetStatus::kWaiting);
  EXPECT_EQ(set().set.flow, "manual");
  EXPECT_EQ(m.ca.orders(), 0) << "nobody was asked over the network";
  EXPECT_THAT(csr().dns_names, testing::ElementsAre("www.lab.test", "mail.lab.test"));
  EXPECT_EQ(set().health.operation, Health::kYellow);
  EXPECT_THAT(set().health.reasons.back(), HasSubstr("a person has to act"));
}

TEST_F(Manual, TheAnswerIsActivatedWithItsChain) {
  request();
  const auto outcome = complete({answer()});
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(set().set.status, SetStatus::kIssued);
  ASSERT_EQ(set().versions.size(), 1U);
  EXPECT_EQ(set().versions[0].chain.size(), 2U);
  EXPECT_EQ(set().health.overall(), Health::kGreen);
  EXPECT_TRUE(m.store->orders().all_orders().value().empty());
}

TEST_F(Manual, OneOfTwoKeysIsKeptAndTheOtherIsNamedAsMissing) {
  request({"p256", "rsa2048"});
  const std::size_t rsa = open()[0].key_type == KeyType::kRsa2048 ? 0 : 1;
  const auto first = complete({answer(rsa)});
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ(first->accepted, std::vector{KeyType::kRsa2048});
  EXPECT_EQ(first->missing, std::vector{KeyType::kP256});
  EXPECT_EQ(set().set.status, SetStatus::kWaiting);
  EXPECT_TRUE(set().versions.empty());
  m.restart();
  const auto second = complete({answer(1 - rsa)});
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ(set().set.status, SetStatus::kIssued);
  EXPECT_EQ(set().versions.size(), 2U);
}

TEST_F(Manual, BothKeysMayComeAtOnceInSeveralFilesInAnyOrder) {
  request({"p256", "rsa2048"});
  const Bytes loose = to_bytes(middle.to_pem());
  const Bytes one = sign(leaf(csr(1).public_key)).der();
  const Bytes other = sign(leaf(csr(0).public_key)).der();
  ASSERT_TRUE(complete({loose, one, other}));
  EXPECT_EQ(set().set.status, SetStatus::kIssued);
}

TEST_F(Manual, TakesPkcs7InBothForms) {
  for (const bool pem : {false, true}) {
    request();
    if (set().set.status == SetStatus::kIssued) {
      ASSERT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
      m.run_due();
    }
    const std::unique_ptr<PKCS7, Freed<PKCS7_free>> message(PKCS7_new());
    ASSERT_EQ(PKCS7_set_type(message.get(), NID_pkcs7_signed), 1);
    message->d.sign->contents->type = OBJ_nid2obj(NID_pkcs7_data);
    ASSERT_EQ(PKCS7_add_certificate(message.get(), middle.native()), 1);
    ASSERT_EQ(PKCS7_add_certificate(message.get(), sign(leaf(csr().public_key)).native()), 1);
    std::uint8_t* der = nullptr;
    const int length = i2d_PKCS7(message.get(), &der);
    ASSERT_GT(length, 0);
    Bytes file(der, der + length);
    OPENSSL_free(der);
    if (pem) file = to_bytes(encode_pem("PKCS7", file));
    const auto outcome = complete({file});
    ASSERT_TRUE(outcome) << outcome.error().detail;
    EXPECT_EQ(set().set.status, SetStatus::kIssued);
  }
}

TEST_F(Manual, EachKindOfWrongAnswerHasItsOwnCodeAndChangesNothing) {
  request();
  const PublicKey key = csr().public_key;
  EXPECT_EQ(refusal(sign(leaf(PrivateKey::generate(KeyType::kP256).value().public_key()))),
            "certificate-key");
  CertificateTemplate content = leaf(key);
  content.not_after = m.clock.now() - std::chrono::seconds{1};
  EXPECT_EQ(refusal(sign(content)), "certificate-expired");
  content = leaf(key);
  content.not_before = m.clock.now() + days{2};
  EXPECT_EQ(refusal(sign(content)), "certificate-not-yet-valid");
  content = leaf(key);
  content.dns_names.pop_back();
  EXPECT_EQ(refusal(sign(content)), "certificate-name");
  // Signed by another key in the intermediate's name.
  const PrivateKey stranger = PrivateKey::generate(KeyType::kP256).value();
  CertificateTemplate twin{.common_name = "Corporate Intermediate",
                           .public_key = stranger.public_key(),
                           .not_before = m.clock.now() - days{1},
                           .not_after = m.clock.now() + days{10},
                           .is_ca = true};
  const Certificate false_middle = issue_certificate(twin, stranger, std::nullopt).value();
  EXPECT_EQ(refusal(issue_certificate(leaf(key), stranger, false_middle).value()), "certificate-chain");
  const auto garbage = complete({to_bytes("no certificate at all")});
  ASSERT_FALSE(garbage);
  EXPECT_EQ(garbage.error().id, "certificate-garbage");
  EXPECT_EQ(set().set.status, SetStatus::kWaiting);
  EXPECT_FALSE(open()[0].answered);
  EXPECT_TRUE(complete({answer()})) << "the right answer is still taken";
}

TEST_F(Manual, ThePreviousCertificateIsRecognised) {
  request();
  const Bytes first = answer();
  ASSERT_TRUE(complete({first}));
  ASSERT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
  m.run_due();
  const auto again = complete({first});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().id, "certificate-old");
}

TEST_F(Manual, RenewalWaitsAgainWithAFreshKeyWhileTheOldOneServes) {
  request();
  ASSERT_TRUE(complete({answer()}));
  const std::string serial = set().versions[0].facts.serial;
  const std::string key = set().versions[0].facts.spki_sha256;
  m.clock.advance(days{85});
  EXPECT_GT(m.renew_due(), 0);
  EXPECT_EQ(set().set.status, SetStatus::kWaiting);
  EXPECT_EQ(set().versions[0].state, VersionState::kActive);
  EXPECT_EQ(set().versions[0].facts.serial, serial);
  EXPECT_THAT(set().health.reasons.back(), HasSubstr("a person has to act"));
  EXPECT_TRUE(m.store->credentials().sets_due(m.clock.now(), 10).value().empty())
      << "a waiting set must not stand in the way of those that are due";
  ASSERT_TRUE(complete({answer()}));
  EXPECT_EQ(set().versions.size(), 2U);
  EXPECT_NE(set().versions[0].facts.spki_sha256, key);
}

TEST_F(Manual, AReusedKeyStaysOverARenewal) {
  RequestInput input = wanted();
  input.reuse_key = true;
  ASSERT_TRUE(m.requests->request(input, m.actor));
  m.run_due();
  ASSERT_TRUE(complete({answer()}));
  const std::string key = set().versions[0].facts.spki_sha256;
  ASSERT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
  m.run_due();
  m.clock.advance(days{1});
  ASSERT_TRUE(complete({answer()}));
  EXPECT_EQ(set().versions[0].facts.spki_sha256, key);
  EXPECT_EQ(set().versions.size(), 2U);
}

TEST_F(Manual, CancelGivesTheRequestUpAndWhatIsServedGoesOn) {
  request();
  ASSERT_TRUE(m.manual->cancel("www.lab.test", m.actor));
  EXPECT_EQ(set().set.status, SetStatus::kDraft);
  EXPECT_TRUE(m.store->orders().all_orders().value().empty());
  request();
  ASSERT_TRUE(complete({answer()}));
  m.clock.advance(days{85});
  m.renew_due();
  ASSERT_TRUE(m.manual->cancel("www.lab.test", m.actor));
  EXPECT_EQ(set().set.status, SetStatus::kIssued);
  EXPECT_EQ(set().versions[0].state, VersionState::kActive);
  EXPECT_EQ(set().set.renew_at, m.clock.now() + days{1});
  EXPECT_EQ(m.manual->cancel("www.lab.test", m.actor).error().id, "not-waiting");
}

TEST_F(Manual, AskingAgainWhileItWaitsChangesNothing) {
  request();
  const std::string pem = open()[0].pem;
  const auto again = m.requests->request(wanted(), m.actor);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->job_id, "");
  EXPECT_THAT(again->summary, HasSubstr("certstead complete www.lab.test"));
  EXPECT_EQ(m.requests->renew("www.lab.test", true, m.actor)->job_id, "");
  EXPECT_EQ(open()[0].pem, pem);
}

TEST_F(Manual, DeletingAWaitingSetForgetsItsKeys) {
  request();
  ASSERT_TRUE(m.requests->remove("www.lab.test", m.actor));
  EXPECT_TRUE(m.store->orders().all_orders().value().empty());
}

TEST_F(Manual, RevokingIsLeftToThePersonsCa) {
  request();
  ASSERT_TRUE(complete({answer()}));
  const auto revoked = m.requests->revoke("www.lab.test", 1, true, m.actor);
  ASSERT_FALSE(revoked);
  EXPECT_EQ(revoked.error().id, "manual-revoke");
}

TEST_F(Manual, AWildcardNeedsNoProofHere) {
  RequestInput input = wanted();
  input.hosts = {"*.lab.test"};
  input.name = "wild";
  ASSERT_TRUE(m.requests->request(input, m.actor));
  m.run_due();
  EXPECT_EQ(m.show("wild").set.status, SetStatus::kWaiting);
}

}  // namespace
}  // namespace certstead

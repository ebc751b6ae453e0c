// Names that are proved over DNS, with a strict CA in the process.
#include <gmock/gmock.h>

#include "acme_client/acme_test_bed.h"
#include "acme_client/dns_values.h"
#include "model/dns_challenge.h"

namespace certstead {
namespace {

class DnsChallenges : public AcmeTestBed {
 protected:
  DnsChallenges() {
    runner.publish = [this](const ChosenChallenge& one) {
      published.push_back(one);
      web.published[one.token] = one.key_authorization;
    };
    ca.looks = [this](const std::string& host, bool) {
      return std::ranges::any_of(published, [&](const ChosenChallenge& one) {
        return one.validation_name.ends_with("." + host) && !one.txt_value.empty();
      });
    };
  }
  void prove_by(std::string_view type) {
    ca.challenge_type = type;
    runner.challenge_type = type;
  }
  std::vector<ChosenChallenge> published;
};

TEST_F(DnsChallenges, BaseNameAndWildcardAreProvedAtOneNameWithTwoChallenges) {
  prove_by(kDns01);
  const auto order = issue({"a.example.test", "*.a.example.test"});
  ASSERT_TRUE(order) << order.error().detail;
  ASSERT_EQ(published.size(), 2U);
  for (const ChosenChallenge& one : published) {
    EXPECT_EQ(one.type, "dns-01");
    EXPECT_EQ(one.validation_name, "_acme-challenge.a.example.test");
    EXPECT_EQ(one.txt_value, dns01_value(one.key_authorization));
  }
  EXPECT_TRUE(web.asked.empty()) << "nothing is fetched over HTTP";
  EXPECT_THAT(runner.steps, testing::Contains("check-propagation"));
  EXPECT_THAT(runner.steps, testing::Not(testing::Contains("self-check")));
}

TEST_F(DnsChallenges, ValueIsTheDigestOfTheKeyAuthorization) {
  // RFC 8555 section 8.4 in one line; the digest was computed with openssl.
  EXPECT_EQ(dns01_value("evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.thumb").size(), 43U);
  EXPECT_EQ(dns01_value(""), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

TEST_F(DnsChallenges, LabelOfAnAccountIsThatOfTheDraft) {
  EXPECT_EQ(account_label("https://example.com/acme/acct/ExampleAccount"), "_ujmmovf2vn55tgye");
}

TEST_F(DnsChallenges, AccountLabelStandsBeforeTheChallengeName) {
  prove_by(kDnsAccount01);
  const auto order = issue({"*.a.example.test"});
  ASSERT_TRUE(order) << order.error().detail;
  ASSERT_EQ(published.size(), 1U);
  EXPECT_EQ(published[0].validation_name, account_label(account.url) + "._acme-challenge.a.example.test");
}

TEST_F(DnsChallenges, StandingRecordNamesTheCaTheAccountAndTheWildcard) {
  prove_by(kDnsPersist01);
  const auto order = issue({"a.example.test", "*.a.example.test"});
  ASSERT_TRUE(order) << order.error().detail;
  ASSERT_EQ(published.size(), 2U);
  EXPECT_EQ(published[0].validation_name, "_validation-persist.a.example.test");
  EXPECT_EQ(published[0].txt_value, "ca.test; accounturi=" + account.url);
  EXPECT_EQ(published[1].txt_value, "ca.test; accounturi=" + account.url + "; policy=wildcard");
  EXPECT_THAT(published[0].issuer_domains, testing::ElementsAre("ca.test", "ca.example"));
}

TEST_F(DnsChallenges, TypeThatTheCaDoesNotOfferEndsTheOrderWithTheWayOut) {
  runner.challenge_type = kDnsAccount01;
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "no-dns-account-01");
  EXPECT_THAT(order.error().detail, testing::HasSubstr("offers dns-persist-01, dns-01, http-01"));
  EXPECT_THAT(order.error().detail, testing::HasSubstr("--challenge"));
  EXPECT_TRUE(published.empty());
}

TEST_F(DnsChallenges, UnreadableChallengeEndsTheOrderThatNeedsItAndNoOther) {
  ca.looks = nullptr;
  EXPECT_TRUE(issue()) << "over HTTP, beside a dns-persist-01 that nobody can read";
  runner.challenge_type = kDnsPersist01;
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "acme-garbage");
}

TEST_F(DnsChallenges, TokenThatIsNoneIsNeverPublished) {
  prove_by(kDns01);
  ca.token = "$(touch X)";
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "bad-token");
  EXPECT_TRUE(published.empty());
}

}  // namespace
}  // namespace certstead

#include "model/dns_challenge.h"

#include <gmock/gmock.h>

namespace certstead {
namespace {

using testing::HasSubstr;

HostPattern host(const std::string& name) { return HostPattern::parse(name).value(); }

DnsAccount account(const std::string& name, const std::vector<std::string>& domains) {
  DnsAccount out;
  out.name = name;
  for (const std::string& domain : domains) out.domains.push_back(DomainName::parse(domain).value());
  return out;
}

DnsPlaces at(const std::string& name) { return {DnsPlace{name, "", {}}}; }
const DnsPlaces kNobody{unavailable("no name server answers")};

TEST(DnsAccounts, LongestDomainThatFitsByWholeLabelsWins) {
  const std::vector<DnsAccount> all = {account("a", {"example.test"}), account("b", {"sub.example.test"})};
  EXPECT_EQ(account_for(all, "_acme-challenge.example.test")->name, "a");
  EXPECT_EQ(account_for(all, "_acme-challenge.sub.example.test")->name, "b");
  EXPECT_EQ(account_for(all, "sub.example.test")->name, "b");
  EXPECT_EQ(account_for(all, "notexample.test"), nullptr);
  EXPECT_EQ(account_for(all, "test"), nullptr);
}

TEST(DnsAccounts, DisabledOneAnswersForNothing) {
  std::vector<DnsAccount> all = {account("a", {"example.test"}), account("b", {"sub.example.test"})};
  all[1].enabled = false;
  EXPECT_EQ(account_for(all, "sub.example.test")->name, "a");
}

TEST(DnsAccounts, PropagationWordsGoBothWays) {
  for (const auto mode :
       {DnsPropagationMode::kAuthoritative, DnsPropagationMode::kResolver, DnsPropagationMode::kDelay})
    EXPECT_EQ(parse_propagation(propagation_name(mode)).value(), mode);
  EXPECT_FALSE(parse_propagation("soon"));
}

TEST(ChallengePlan, NameWithoutAnAccountIsProvedOverHttp) {
  const auto plan = plan_challenge(host("www.example.test"), {}, kNobody);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->type, "http-01");
  EXPECT_EQ(plan->dns_account, "");
}

TEST(ChallengePlan, AccountOfTheNameProvesItOverDns) {
  const auto plan = plan_challenge(host("*.example.test"), {account("a", {"example.test"})},
                                   at("_acme-challenge.example.test"));
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->name, "*.example.test");
  EXPECT_EQ(plan->type, "dns-01");
  EXPECT_EQ(plan->dns_account, "a");
}

TEST(ChallengePlan, AccountOfWhereTheNameLeadsProvesIt) {
  const std::vector<DnsAccount> all = {account("delegated", {"acme.example.net"})};
  const auto plan = plan_challenge(host("www.example.test"), all, at("www.acme.example.net"));
  EXPECT_EQ(plan->dns_account, "delegated");
  // A CNAME out of the account's reach: nothing can be written at the name itself.
  const auto away = plan_challenge(host("www.acme.example.net"), all, at("x.elsewhere.test"));
  EXPECT_EQ(away->type, "http-01");
}

TEST(ChallengePlan, WildcardWithoutAnAccountNamesTheWayOut) {
  const auto plan = plan_challenge(host("*.example.test"), {}, at("x.elsewhere.test"));
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().id, "wildcard-no-dns-account");
  EXPECT_THAT(plan.error().detail, HasSubstr("certstead dns add --domain example.test"));
  EXPECT_THAT(plan.error().detail, HasSubstr("x.elsewhere.test"));
}

TEST(ChallengePlan, PlaceThatIsNotKnownCountsOnlyForWhomNeedsIt) {
  std::vector<DnsAccount> all = {account("a", {"example.test"})};
  const auto plan = plan_challenge(host("www.example.test"), all, kNobody);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Code::kUnavailable);
  EXPECT_TRUE(plan_challenge(host("www.elsewhere.test"), all, kNobody));
  all[0].propagation = DnsPropagationMode::kDelay;
  EXPECT_EQ(plan_challenge(host("www.example.test"), all, kNobody)->type, "dns-01");
}

TEST(ChallengePlan, StandingRecordIsLookedForAtItsOwnName) {
  std::vector<DnsAccount> all = {account("standing", {"example.test"})};
  all[0].challenge = kDnsPersist01;
  EXPECT_EQ(plan_challenge(host("*.example.test"), all, kNobody)->type, "dns-persist-01");
  EXPECT_EQ(plan_challenge(host("*.example.test"), all, at("x.elsewhere.test"))->type, "dns-persist-01");
}

DnsPlaces behind(const std::string& plain, const std::string& labelled) {
  return {DnsPlace{plain, "", {}}, DnsPlace{labelled, "", {}}};
}

TEST(ChallengePlan, AccountLabelIsFollowedWhereItsOwnNameLeads) {
  std::vector<DnsAccount> all = {account("labelled", {"acme.example.net"})};
  all[0].challenge = kDnsAccount01;
  const std::string plain = "_acme-challenge.example.test", own = "_label." + plain;
  const auto led = plan_challenge(host("*.example.test"), all, behind(plain, "x.acme.example.net"));
  ASSERT_TRUE(led) << led.error().detail;
  EXPECT_EQ(led->type, "dns-account-01");
  EXPECT_EQ(led->dns_account, "labelled");
  // That the plain name leads there is of no use: the CA does not look at it.
  const auto astray = plan_challenge(host("*.example.test"), all, behind("x.acme.example.net", own));
  ASSERT_FALSE(astray);
  EXPECT_EQ(astray.error().id, "wildcard-no-dns-account");
  EXPECT_EQ(plan_challenge(host("example.test"), all, behind("x.acme.example.net", own))->type, "http-01");
}

TEST(ChallengePlan, AccountForThePlainNameComesBeforeTheOneBehindTheLabel) {
  std::vector<DnsAccount> all = {account("plain", {"example.test"}),
                                 account("labelled", {"acme.example.net"})};
  all[1].challenge = kDnsAccount01;
  const std::string plain = "_acme-challenge.example.test";
  EXPECT_EQ(plan_challenge(host("*.example.test"), all, behind(plain, "x.acme.example.net"))->dns_account,
            "plain");
  // Whoever answers behind the label but proves names otherwise does not count there.
  all[1].challenge = kDns01;
  all[0].enabled = false;
  EXPECT_FALSE(plan_challenge(host("*.example.test"), all, behind(plain, "x.acme.example.net")));
}

TEST(ChallengePlan, LabelledNameThatIsNotKnownIsAnErrorOfTheName) {
  std::vector<DnsAccount> all = {account("labelled", {"example.test"})};
  all[0].challenge = kDnsAccount01;
  const DnsPlaces places{DnsPlace{"_acme-challenge.example.test", "", {}}, unavailable("nobody answers")};
  const auto plan = plan_challenge(host("*.example.test"), all, places);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Code::kUnavailable);
}

TEST(ChallengePlan, OrderOfAnEarlierReleaseIsProvedOverHttp) {
  Order order;
  EXPECT_EQ(plan_of(order, "a.test", false).type, "http-01");
  order.plan = {{"*.a.test", "dns-01", "x"}};
  EXPECT_EQ(plan_of(order, "a.test", true).type, "dns-01");
  EXPECT_EQ(plan_of(order, "a.test", false).type, "http-01");
}

ChosenChallenge standing(bool wildcard) {
  ChosenChallenge out;
  out.txt_value = persist_text({"ca.test", "https://ca.test/acct/1", wildcard, {}});
  out.issuer_domains = {"ca.test", "ca.example"};
  return out;
}

TEST(PersistRecord, FitsInAnyFormThatSaysTheSame) {
  const Instant now = from_unix_seconds(1'800'000'000);
  const auto problem = [&](const std::string& text, bool wildcard = true) {
    return persist_problem(text, standing(wildcard), now);
  };
  EXPECT_EQ(problem("CA.example;accounturi=https://ca.test/acct/1; Policy=wildcard; x=y"), "");
  EXPECT_EQ(problem("ca.test; accounturi=https://ca.test/acct/1", false), "");
  EXPECT_THAT(problem("ca.test; accounturi=https://ca.test/acct/1"), HasSubstr("policy=wildcard"));
  EXPECT_THAT(problem("ca.test; accounturi=https://ca.test/acct/2; policy=wildcard"), HasSubstr("account"));
  EXPECT_THAT(problem("other.test; accounturi=https://ca.test/acct/1; policy=wildcard"), HasSubstr("other"));
  EXPECT_THAT(problem("ca.test; accounturi=https://ca.test/acct/1; policy=wildcard; persistUntil=1799999999"),
              HasSubstr("ended"));
  EXPECT_THAT(problem("v=spf1 -all"), HasSubstr("no standing record"));
  EXPECT_THAT(problem("ca.test; persistUntil=soon"), HasSubstr("no time"));
}

TEST(PersistRecord, SurvivesARoundTrip) {
  const PersistRecord record{"ca.test", "https://ca.test/a", true, from_unix_seconds(1'800'000'000)};
  const auto back = parse_persist(persist_text(record)).value();
  EXPECT_EQ(back.issuer, record.issuer);
  EXPECT_EQ(back.account_uri, record.account_uri);
  EXPECT_TRUE(back.wildcard);
  EXPECT_EQ(back.until, record.until);
}

}  // namespace
}  // namespace certstead

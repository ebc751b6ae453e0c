// What keeps a manager in order over months: budgets by registered domain, runs that follow runs, names for
// roots, and forgetting.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/issue.h"
#include "manager/budget.h"
#include "manager/housekeeping.h"
#include "support/test_manager.h"

namespace certstead {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;

std::vector<std::string> progress_of(TestManager& m, const std::string& job) {
  std::vector<std::string> out;
  const auto progress = m.store->jobs().progress_after(job, 0).value();
  for (const JobProgress& line : progress) out.push_back(line.text);
  return out;
}

void limit(TestManager& m, int per_domain, int duplicates) {
  IssuerRecord issuer = m.issuers->show("fake").value();
  issuer.max_per_domain_per_week = per_domain;
  issuer.max_duplicates_per_week = duplicates;
  ASSERT_TRUE(m.issuers->change(issuer, m.actor));
}

std::string root_pem(const std::string& common_name) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const Instant now = SystemClock().now();
  const CertificateTemplate content{.common_name = common_name,
                                    .public_key = key.public_key(),
                                    .not_before = now - hours{1},
                                    .not_after = now + hours{24},
                                    .is_ca = true};
  return issue_certificate(content, key, std::nullopt).value().to_pem();
}

TEST(Budget, OfARegisteredDomainHoldsBackNewNamesUntilTheWindowOpensAndSaysSo) {
  TestManager m;
  limit(m, 2, 0);
  const Instant start = m.clock.now();
  m.issue({"a.lab.test", "x.other.test"});
  m.clock.advance(hours{1});
  m.issue({"b.lab.test"});
  const auto third = m.requests->request(m.input({"deep.c.lab.test"}), m.actor);
  ASSERT_TRUE(third);
  m.run_due();
  EXPECT_EQ(m.ca.orders(), 2);
  EXPECT_EQ(m.show("deep.c.lab.test").set.operation.failures, 0);
  const Job waiting = m.store->jobs().find_job(third->job_id).value();
  EXPECT_EQ(waiting.status, JobStatus::kQueued);
  EXPECT_EQ(waiting.run_at, start + days{7});
  EXPECT_EQ(progress_of(m, third->job_id).back(),
            "waiting until " + to_rfc3339(start + days{7}) +
                ": the budget at fake of 2 certificates a week for new names of lab.test is used up");
  m.issue({"y.other.test"});  // another domain
  EXPECT_EQ(m.ca.orders(), 3);
  m.restart();
  m.clock.set(start + days{7});
  m.run_due();
  EXPECT_EQ(m.show("deep.c.lab.test").set.status, SetStatus::kIssued);
}

TEST(Budget, OfARegisteredDomainIsFreeForRenewals) {
  TestManager m;
  limit(m, 1, 0);
  m.issue({"a.lab.test"});
  ASSERT_TRUE(m.requests->renew("a.lab.test", true, m.actor));
  m.run_due();
  EXPECT_EQ(m.ca.orders(), 2);
}

TEST(Budget, CountsIdnsByTheirALabelsAndShowsBothForms) {
  TestManager m;
  limit(m, 1, 0);
  m.issue(
      {"a.b\xc3\xbc"
       "cher.test"});
  const auto second = m.requests->request(m.input({"b.xn--bcher-kva.test"}), m.actor);
  ASSERT_TRUE(second);
  m.run_due();
  EXPECT_THAT(progress_of(m, second->job_id).back(), HasSubstr("names of b\xc3\xbc"
                                                               "cher.test (xn--bcher-kva.test) is"));
}

TEST(Budget, OfTheSameNamesCountsWhatTheCaIsNotToldToBeARenewal) {
  CredentialSet set;
  set.issuer = "ca", set.account = "default";
  set.names = {HostPattern::parse("b.lab.test").value(), HostPattern::parse("a.lab.test").value()};
  IssuerRecord issuer;
  issuer.max_duplicates_per_week = 5;
  const std::vector<KeyType> both = {KeyType::kP256, KeyType::kRsa2048};
  const PublicSuffixes suffixes;
  auto lines = budget_lines(set, issuer, order_wish(set, both, {}), suffixes);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].scope, "a.lab.test,b.lab.test");
  EXPECT_EQ(lines[0].amount, 2);
  CredentialVersion version;
  version.issuer = "ca", version.account = "default", version.key_type = KeyType::kP256;
  version.facts.names = {"a.lab.test", "b.lab.test"}, version.facts.ari_id = "x.y";
  EXPECT_EQ(budget_lines(set, issuer, order_wish(set, both, {version}), suffixes)[0].amount, 1);
}

TEST(Budget, LetsTenThousandNamesOfOneDomainThroughAtTheCasPaceAndNoFaster) {
  TestManager m;
  constexpr int kPerWeek = 50;
  IssuerRecord issuer = m.issuers->show("fake").value();
  issuer.max_per_domain_per_week = kPerWeek;
  const Instant start = m.clock.now();
  // Each wish comes back when it was told to; the first hundred of each week show all there is to see.
  const auto ask = [&](int number) {
    CredentialSet set;
    set.issuer = "fake", set.account = "default";
    set.names = {HostPattern::parse("h" + std::to_string(number) + ".lab.test").value()};
    const auto lines = budget_lines(set, issuer, order_wish(set, {KeyType::kP256}, {}), m.domains);
    return m.store->issuers().take_budget("fake", lines, m.clock.now()).value();
  };
  int let_through = 0;
  for (int number = 0; number < 10'000; ++number) {
    const auto wait = ask(number);
    if (!wait) {
      ++let_through;
    } else {
      ASSERT_EQ(wait->until, start + days{7});
    }
  }
  EXPECT_EQ(let_through, kPerWeek);
  for (int week = 1; week <= 3; ++week) {
    m.clock.set(start + days{7 * week} - minutes{1});
    EXPECT_TRUE(ask(let_through));
    m.clock.set(start + days{7 * week});
    for (int number = 0; number < 100; ++number) let_through += ask(let_through) ? 0 : 1;
    EXPECT_EQ(let_through, kPerWeek * (week + 1));
  }
}

TEST(Manager, AForcedRenewalDuringARunIsFollowedByARunOfItsOwn) {
  TestManager m;
  bool asked = false;
  m.ca.sees = [&](const std::string&) {
    if (!asked) {
      asked = true;
      EXPECT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
    }
    return true;
  };
  m.issue({"www.lab.test"});
  EXPECT_TRUE(asked);
  EXPECT_EQ(m.ca.orders(), 2);
  EXPECT_EQ(m.show("www.lab.test").versions.size(), 2U);
  EXPECT_EQ(m.show("www.lab.test").set.status, SetStatus::kIssued);
}

TEST(Manager, OtherNamesDuringARunAreSignedAfterIt) {
  TestManager m;
  bool asked = false;
  m.ca.sees = [&](const std::string&) {
    if (!asked) {
      asked = true;
      RequestInput input = m.input({"www.lab.test", "more.lab.test"});
      EXPECT_TRUE(m.requests->request(input, m.actor));
    }
    return true;
  };
  const SetView view = m.issue({"www.lab.test"});
  EXPECT_EQ(view.versions.front().facts.names.size(), 2U);
  EXPECT_EQ(view.set.status, SetStatus::kIssued);
}

TEST(Manager, AskingTwiceDuringARunCostsNoSecondOrder) {
  TestManager m;
  m.ca.sees = [&](const std::string&) {
    EXPECT_TRUE(m.requests->request(m.input({"www.lab.test"}), m.actor));
    return true;
  };
  m.issue({"www.lab.test"});
  EXPECT_EQ(m.ca.orders(), 1);
}

TEST(Manager, LinesOfProgressNameIdnsInBothForms) {
  TestManager m;
  const auto outcome = m.requests->request(m.input({"b\xc3\xbc"
                                                    "cher.test"}),
                                           m.actor);
  ASSERT_TRUE(outcome);
  m.run_due();
  EXPECT_THAT(progress_of(m, outcome->job_id),
              testing::Contains(HasSubstr("b\xc3\xbc"
                                          "cher.test (xn--bcher-kva.test) challenge published")));
}

TEST(Roots, AreCalledByTheirCommonNamesMadeUnique) {
  TestManager m;
  const auto added =
      m.issuers->add_roots(root_pem("House Root") + root_pem("House Root"), "", false, m.actor);
  ASSERT_TRUE(added) << added.error().detail;
  EXPECT_EQ(added->at(0).name, "House Root");
  EXPECT_EQ(added->at(1).name, "House Root 2");
  EXPECT_EQ(m.issuers->add_roots(root_pem("House Root"), "", false, m.actor)->at(0).name, "House Root 3");
  EXPECT_EQ(m.issuers->add_roots(root_pem("House Root"), "Mine", false, m.actor)->at(0).name, "Mine");
}

TEST(Roots, ThatAreNoCasAreTakenOnlyWhenAskedForAndWithNoneOfTheOthers) {
  TestManager m;
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  const std::string leaf = issue_certificate({.common_name = "Appliance",
                                              .dns_names = {"box.test"},
                                              .public_key = key.public_key(),
                                              .not_before = m.clock.now() - std::chrono::days(1),
                                              .not_after = m.clock.now() + std::chrono::days(90)},
                                             key, {})
                               .value()
                               .to_pem();
  const auto refused = m.issuers->add_roots(root_pem("House Root") + leaf, "", false, m.actor);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "not-a-ca");
  EXPECT_THAT(refused.error().detail,
              testing::AllOf(HasSubstr("CN=Appliance is no CA: "), HasSubstr("--leaf")));
  EXPECT_TRUE(m.store->roots().list_roots().value().empty());
  EXPECT_EQ(m.issuers->add_roots(leaf, "", true, m.actor)->at(0).name, "Appliance");
}

TEST(Issuers, WithRootsThatCantBeReadAreNeitherAddedNorChanged) {
  TestManager m;
  IssuerRecord issuer = m.issuers->show("fake").value();
  issuer.trusted_pem = "no PEM";
  EXPECT_EQ(m.issuers->change(issuer, m.actor).error().id, "issuer-trust");
  issuer.name = "other";
  EXPECT_EQ(m.issuers->add(issuer, m.actor).error().id, "issuer-trust");
}

TEST(Housekeeping, ForgetsFinishedJobsAndLongExpiredVersionsAndNothingElse) {
  TestManager m;
  const auto outcome = m.requests->request(m.input({"www.lab.test"}), m.actor);
  ASSERT_TRUE(outcome);
  m.run_due();
  const std::string first_job = outcome->job_id;
  Housekeeping housekeeping(*m.context, [] { return false; });
  for (int i = 0; i < 3; ++i) {
    m.clock.advance(days{59});
    ASSERT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
    m.run_due();
    ASSERT_TRUE(housekeeping.look());
  }
  // 177 days on: the version of day 0 expired on day 90 and is gone, that of day 59 expired on day 149 and is
  // kept for two more days.
  EXPECT_EQ(m.store->jobs().find_job(first_job).error().code, Code::kNotFound);
  EXPECT_TRUE(m.store->jobs().progress_after(first_job, 0)->empty());
  EXPECT_EQ(m.store->jobs().list_jobs(100)->size(), 1U);
  const auto versions = m.show("www.lab.test").versions;
  ASSERT_EQ(versions.size(), 3U);
  EXPECT_EQ(versions.front().state, VersionState::kActive);
  EXPECT_TRUE(m.store->audit().verify_audit());
  EXPECT_EQ(m.log.count("housekeeping"), 3);
}

TEST(Housekeeping, LooksOnceAnHourAndKeepsJobsAsLongAsTheSettingSays) {
  TestManager m;
  m.issue({"www.lab.test"});
  ASSERT_TRUE(m.store->settings().set_setting(kKeepJobsDays, "1", {"test", "s", "", ""}));
  Housekeeping housekeeping(*m.context, [] { return false; });
  ASSERT_TRUE(housekeeping.look());
  m.clock.step(days{2});  // civil time alone: not an hour has passed
  ASSERT_TRUE(housekeeping.look());
  EXPECT_EQ(m.store->jobs().list_jobs(10)->size(), 1U);
  m.clock.advance(hours{1});
  ASSERT_TRUE(housekeeping.look());
  EXPECT_TRUE(m.store->jobs().list_jobs(10)->empty());
}

}  // namespace
}  // namespace certstead

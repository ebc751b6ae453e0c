// What the manager does whatever its CA does: lies, failures, limits, accounts and renewal information.
#include <gtest/gtest.h>

#include "manager_scene.h"

namespace certstead {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

class LyingCa : public testing::TestWithParam<std::pair<FakeCa::Lie, std::string>> {};

TEST_P(LyingCa, IsNotBelievedAndTheOldCertificateGoesOn) {
  TestManager m;
  const SetView before = m.issue({"www.lab.test", "mail.lab.test"});
  const std::string serial = active(before)[0].facts.serial;
  m.ca.lie(GetParam().first);
  ASSERT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
  m.run_due();
  const SetView after = m.show("www.lab.test");
  ASSERT_EQ(active(after).size(), 1U);
  EXPECT_EQ(active(after)[0].facts.serial, serial);
  EXPECT_EQ(after.set.operation.last_error_id, GetParam().second) << after.set.operation.last_error;
  EXPECT_EQ(after.set.operation.failures, 1);
  EXPECT_NE(after.health.overall(), Health::kGreen);
  EXPECT_EQ(served(m, "www.lab.test").credentials.at(0).id, active(before)[0].id);
  EXPECT_TRUE(m.store->orders().all_orders().value().empty());
}

TEST_P(LyingCa, IsAskedTwiceADay) {
  TestManager m;
  m.issue({"www.lab.test", "mail.lab.test"});
  m.ca.lie(GetParam().first);
  const int before = m.ca.orders();
  ASSERT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
  for (Duration passed{0}; passed < hours{24}; passed += minutes{1}) {
    m.renew_due();
    m.clock.advance(minutes{1});
  }
  EXPECT_EQ(m.ca.orders() - before, 2);
}

INSTANTIATE_TEST_SUITE_P(
    Lies, LyingCa,
    testing::Values(std::pair{FakeCa::Lie::kWrongKey, std::string("certificate-key")},
                    std::pair{FakeCa::Lie::kExpired, std::string("certificate-expired")},
                    std::pair{FakeCa::Lie::kMissingName, std::string("certificate-name")},
                    std::pair{FakeCa::Lie::kPrevious, std::string("certificate-key")},
                    std::pair{FakeCa::Lie::kGarbage, std::string("certificate-garbage")}));

TEST(Manager, TheSameCertificateAgainIsNoRenewalEvenIfItsKeyIsReused) {
  TestManager m;
  RequestInput input = m.input({"www.lab.test"});
  input.reuse_key = true;
  ASSERT_TRUE(m.requests->request(input, m.actor));
  m.run_due();
  m.ca.lie(FakeCa::Lie::kPrevious);
  ASSERT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
  m.run_due();
  EXPECT_EQ(m.show("www.lab.test").set.operation.last_error_id, "certificate-old");
  EXPECT_EQ(m.show("www.lab.test").versions.size(), 1U);
}

TEST(Manager, WithTheCaDownHealthIsNotGreenAndTheOldSerialGoesOn) {
  TestManager m;
  const SetView before = m.issue({"www.lab.test"});
  m.clock.advance(days{82});
  m.ca.fail_with(unavailable("the CA does not answer"));
  m.renew_due();
  const SetView after = m.show("www.lab.test");
  EXPECT_EQ(after.health.overall(), Health::kYellow);
  EXPECT_EQ(active(after)[0].facts.serial, active(before)[0].facts.serial);
  ASSERT_TRUE(after.set.operation.next_try);
  EXPECT_GT(*after.set.operation.next_try, m.clock.now());
  m.ca.fail_with(std::nullopt);
  m.clock.advance(minutes{2});
  m.run_due();
  EXPECT_EQ(m.show("www.lab.test").health.overall(), Health::kGreen);
  EXPECT_NE(active(m.show("www.lab.test"))[0].facts.serial, active(before)[0].facts.serial);
}

TEST(Manager, RetryAfterOfTheCaIsObeyedToTheSecond) {
  TestManager m;
  Error limited{Code::kLimited, "too many orders", "rate-limited", std::chrono::seconds{7200}};
  m.ca.fail_with(unavailable("not yet"));
  m.ca.fail_with(std::nullopt);
  m.issue({"first.lab.test"});
  m.ca.fail_with(limited);
  ASSERT_TRUE(m.requests->renew("first.lab.test", true, m.actor));
  m.run_due();
  m.ca.fail_with(std::nullopt);
  const int orders = m.ca.orders();
  m.clock.advance(std::chrono::seconds{7199});
  m.run_due();
  EXPECT_EQ(m.ca.orders(), orders);
  m.clock.advance(std::chrono::seconds{1});
  m.run_due();
  EXPECT_EQ(m.ca.orders(), orders + 1);
}

TEST(Manager, TheBudgetOfAnIssuerHoldsOverARestart) {
  TestManager m;
  IssuerRecord issuer = m.issuers->show("fake").value();
  issuer.max_orders_per_hour = 2;
  ASSERT_TRUE(m.issuers->change(issuer, m.actor));
  m.issue({"a.lab.test"});
  m.issue({"b.lab.test"});
  ASSERT_TRUE(m.requests->request(m.input({"c.lab.test"}), m.actor));
  m.run_due();
  m.restart();
  m.clock.advance(minutes{30});
  m.run_due();
  EXPECT_EQ(m.ca.orders(), 2);
  EXPECT_EQ(m.show("c.lab.test").set.status, SetStatus::kPending);
  EXPECT_EQ(m.show("c.lab.test").set.operation.failures, 0);  // waiting is no failure
  m.clock.advance(minutes{35});
  m.run_due();
  EXPECT_EQ(m.show("c.lab.test").set.status, SetStatus::kIssued);
}

TEST(Manager, TermsAreAskedForAndAskedAgainWhenTheyChange) {
  TestManager m;
  m.ca.set_terms("https://ca.test/terms-1");
  const auto refused = m.requests->request(m.input({"www.lab.test"}), m.actor);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "terms-not-agreed");
  EXPECT_NE(refused.error().detail.find("https://ca.test/terms-1"), std::string::npos);
  EXPECT_TRUE(m.requests->list("", 10)->empty());  // nothing half-done stays
  EXPECT_TRUE(m.accounts->list()->empty());
  RequestInput input = m.input({"www.lab.test"});
  input.agree_tos = true;
  ASSERT_TRUE(m.requests->request(input, m.actor));
  m.run_due();
  EXPECT_EQ(m.accounts->show("fake", "default")->agreed_terms, "https://ca.test/terms-1");
  m.ca.set_terms("https://ca.test/terms-2");
  const auto added = m.accounts->agree("fake", "default", m.actor);
  ASSERT_TRUE(added) << added.error().detail;
  EXPECT_EQ(added->agreed_terms, "https://ca.test/terms-2");
}

TEST(Manager, AForgottenAccountIsRegisteredAgainOnce) {
  TestManager m;
  m.issue({"www.lab.test"});
  EXPECT_EQ(m.ca.registrations(), 1);
  m.ca.forget_accounts();
  ASSERT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
  m.run_due();
  EXPECT_EQ(m.ca.registrations(), 2);
  EXPECT_EQ(m.show("www.lab.test").set.status, SetStatus::kIssued);
}

TEST(Manager, AKeyRolloverCutAfterTheCasYesIsFinishedByTheNextUse) {
  TestManager m;
  m.issue({"www.lab.test"});
  const std::string first = m.ca.account_key_at_ca();
  m.ca.break_next_rollover();
  EXPECT_FALSE(m.accounts->roll_key("fake", "default", m.actor));
  m.restart();
  ASSERT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
  m.run_due();
  EXPECT_EQ(m.show("www.lab.test").set.operation.failures, 0);
  EXPECT_NE(m.ca.account_key_at_ca(), first);
  EXPECT_TRUE(m.accounts->show("fake", "default")->next_key.empty());
}

TEST(Manager, ExternalAccountBindingIsAskedForBeforeAnythingIsMade) {
  TestManager m;
  m.ca.require_eab();
  const auto refused = m.requests->request(m.input({"www.lab.test"}), m.actor);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "eab-needed");
  EXPECT_TRUE(m.accounts->list()->empty());
  ASSERT_TRUE(m.accounts->add(
      {"fake", "default", "", "rsa2048", false, "kid-1", SecretBytes(view_bytes("AAECAwQFBgcICQoLDA0ODw"))},
      m.actor));
  ASSERT_TRUE(m.requests->request(m.input({"www.lab.test"}), m.actor));
  m.run_due();
  EXPECT_EQ(m.show("www.lab.test").set.status, SetStatus::kIssued);
}

TEST(Manager, TheCasRenewalWindowMovesTheRenewal) {
  TestManager m;
  const Instant start = m.clock.now() + days{10};
  m.ca.offer_renewal_info(start, start + days{1});
  m.issue({"www.lab.test"});
  const auto set = m.show("www.lab.test").set;
  ASSERT_TRUE(set.ari_poll_at);
  Job job;
  job.id = "ari";
  job.kind = JobKind::kRenewalInfo;
  job.set_id = set.id;
  job.run_at = job.created = m.clock.now();
  ASSERT_TRUE(m.store->jobs().add_job(job));
  m.run_due();
  const auto moved = m.show("www.lab.test").set;
  EXPECT_GE(*moved.renew_at, start);
  EXPECT_LE(*moved.renew_at, start + days{1});
  EXPECT_EQ(moved.renew_why, "ari: https://ca.test/why");
  EXPECT_EQ(*moved.ari_poll_at, m.clock.now() + hours{6});
}

TEST(Manager, BrokenRenewalInformationBlocksNothing) {
  TestManager m;
  m.ca.fail_renewal_info();
  m.issue({"www.lab.test"});
  m.clock.advance(days{82});
  m.renew_due();
  EXPECT_EQ(m.show("www.lab.test").versions.size(), 2U);
}

}  // namespace
}  // namespace certstead

// The manager's promises, with a real store, vault, member and view, and a CA that does what the test asks
// for.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "support/test_manager.h"

namespace certstead {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

std::vector<CredentialVersion> active(const SetView& view) {
  std::vector<CredentialVersion> out;
  for (const auto& version : view.versions) {
    if (version.state == VersionState::kActive) out.push_back(version);
  }
  return out;
}

// What the view serves for `name`, after the member has come as far as the store.
NameMatch served(TestManager& m, const std::string& name) {
  const auto head = m.store->settings().identity().value().seq;
  const Deadline deadline = Deadline::after(std::chrono::seconds{10});
  for (;;) {
    // Only changes that members see move them; a full look at what is due tells that they are there.
    const auto pending = m.store->feed().changes_after(m.member->applied_seq(), 10).value();
    if (pending.empty() || deadline.passed()) break;
    static_cast<void>(m.member->wait_applied(pending.back().seq, deadline));
  }
  static_cast<void>(head);
  return m.view().find(DomainName::parse(name).value()).value();
}

TEST(Manager, ADualKeySetIsIssuedSealedAndInTheView) {
  TestManager m;
  const SetView view = m.issue({"www.lab.test", "mail.lab.test"}, {"p256", "rsa2048"});
  EXPECT_EQ(view.set.status, SetStatus::kIssued);
  ASSERT_EQ(active(view).size(), 2U);
  EXPECT_EQ(view.versions[0].version, view.versions[1].version);
  EXPECT_EQ(view.health.overall(), Health::kGreen) << view.health.reasons.front();
  const NameMatch match = served(m, "mail.lab.test");
  ASSERT_EQ(match.credentials.size(), 2U);
  EXPECT_TRUE(m.store->challenges().list_challenges().value().empty());
  EXPECT_TRUE(m.store->orders().all_orders().value().empty());
}

TEST(Manager, TheChallengeIsInTheViewBeforeTheCaIsTold) {
  TestManager m;
  m.ca.sees = [&](const std::string& token) { return m.view().http01(token).value().has_value(); };
  m.issue({"a.lab.test", "b.lab.test", "c.lab.test"});
  EXPECT_EQ(m.ca.unseen_challenges(), 0);
}

TEST(Manager, AskingForTheSameAgainChangesNothing) {
  TestManager m;
  m.issue({"www.lab.test"});
  const auto again = m.requests->request(m.input({"WWW.lab.test."}), m.actor);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->created);
  EXPECT_EQ(again->job_id, "");
  EXPECT_EQ(m.ca.orders(), 1);
}

TEST(Manager, ASelfCheckThatIsSwitchedOffStaysOff) {
  TestManager m;
  RequestInput input = m.input({"www.lab.test"});
  input.self_check = false;
  ASSERT_TRUE(m.requests->request(input, m.actor));
  m.restart();
  EXPECT_FALSE(m.show("www.lab.test").set.self_check);
}

TEST(Manager, RenewalBringsAFreshKeyAndTheOldVersionGoesToTheArchive) {
  TestManager m;
  const SetView before = m.issue({"www.lab.test"}, {"p256", "rsa2048"});
  m.clock.advance(days{82});
  EXPECT_GT(m.renew_due(), 0);
  const SetView after = m.show("www.lab.test");
  ASSERT_EQ(active(after).size(), 2U);
  ASSERT_EQ(after.versions.size(), 4U);
  for (const auto& old_version : active(before)) {
    for (const auto& fresh : active(after)) {
      EXPECT_NE(old_version.facts.serial, fresh.facts.serial);
      EXPECT_NE(old_version.facts.spki_sha256, fresh.facts.spki_sha256);
    }
  }
  for (const auto& ref : served(m, "www.lab.test").credentials)
    EXPECT_EQ(ref.version, active(after)[0].version);
}

TEST(Manager, AReusedKeyStaysOverARenewal) {
  TestManager m;
  RequestInput input = m.input({"www.lab.test"});
  input.reuse_key = true;
  ASSERT_TRUE(m.requests->request(input, m.actor));
  m.run_due();
  const std::string key = active(m.show("www.lab.test"))[0].facts.spki_sha256;
  m.clock.advance(days{82});
  m.renew_due();
  EXPECT_EQ(active(m.show("www.lab.test"))[0].facts.spki_sha256, key);
  EXPECT_EQ(m.show("www.lab.test").versions.size(), 2U);
}

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

TEST(Manager, AFailureCountSurvivesARestart) {
  TestManager m;
  m.issue({"www.lab.test"});
  m.ca.fail_with(unavailable("down"));
  ASSERT_TRUE(m.requests->renew("www.lab.test", true, m.actor));
  m.run_due();
  m.restart();
  EXPECT_EQ(m.show("www.lab.test").set.operation.failures, 1);
  EXPECT_EQ(m.run_due(), 0);  // the pause is kept too
}

TEST(Manager, AnOrderGoesOnAfterARestart) {
  TestManager m;
  ASSERT_TRUE(m.requests->request(m.input({"www.lab.test"}), m.actor));
  // The CA stops answering in the middle: the order is at the CA already.
  std::atomic<bool> cut{false};
  m.ca.sees = [&](const std::string&) {
    cut = true;
    return true;
  };
  Executor executor(*m.context, {}, [&] { return cut.load(); });
  auto job = m.store->jobs().claim_job("test", m.clock.now(), m.clock.now() + minutes{1}).value();
  ASSERT_TRUE(executor.run(*job));
  ASSERT_EQ(m.store->orders().all_orders().value().size(), 1U);
  m.ca.sees = nullptr;
  m.restart();
  m.run_due();
  EXPECT_EQ(m.show("www.lab.test").set.status, SetStatus::kIssued);
  EXPECT_EQ(m.ca.orders(), 1);
  EXPECT_TRUE(m.store->challenges().list_challenges().value().empty());
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

TEST(Manager, RevocationTellsTheCaAndStopsServing) {
  TestManager m;
  const SetView before = m.issue({"www.lab.test"}, {"p256", "rsa2048"});
  ASSERT_TRUE(m.requests->revoke("www.lab.test", 1, true, m.actor));
  m.run_due();
  EXPECT_EQ(m.ca.revocations(), 2);
  EXPECT_EQ(m.ca.revoked().at(active(before)[0].facts.serial), 1);
  EXPECT_EQ(m.show("www.lab.test").set.status, SetStatus::kRevoked);
  EXPECT_TRUE(served(m, "www.lab.test").credentials.empty());
}

TEST(Manager, RevokingWithoutNewOnesTwiceIsNothingToDo) {
  TestManager m;
  m.issue({"www.lab.test"});
  ASSERT_TRUE(m.requests->revoke("www.lab.test", 1, true, m.actor));
  m.run_due();
  const auto again = m.requests->revoke("www.lab.test", 1, true, m.actor);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->job_id, "");
  EXPECT_EQ(again->summary, "nothing to do: the certificates of www.lab.test are revoked already");
  EXPECT_EQ(m.ca.revocations(), 1);
  EXPECT_EQ(m.requests->revoke("www.lab.test", 1, false, m.actor).error().id, "nothing-active");
}

TEST(Manager, ASupersededCertificateServesUntilTheNewOneIsThere) {
  TestManager m;
  const SetView before = m.issue({"www.lab.test"});
  m.ca.fail_with(unavailable("down"));
  ASSERT_TRUE(m.requests->revoke("www.lab.test", 4, false, m.actor));
  Executor executor(*m.context, {}, [] { return false; });
  auto job = m.store->jobs().claim_job("test", m.clock.now(), m.clock.now() + minutes{1}).value();
  ASSERT_TRUE(executor.run(*job));
  EXPECT_EQ(served(m, "www.lab.test").credentials.at(0).id, active(before)[0].id);
  m.ca.fail_with(std::nullopt);
  m.clock.advance(minutes{2});
  m.run_due();
  m.clock.advance(minutes{1});
  m.run_due();
  EXPECT_EQ(m.ca.revoked().count(active(before)[0].facts.serial), 1U);
  EXPECT_EQ(m.show("www.lab.test").set.status, SetStatus::kIssued);
}

TEST(Manager, ADeletedSetIsNoLongerServed) {
  TestManager m;
  m.issue({"www.lab.test"});
  ASSERT_EQ(served(m, "www.lab.test").credentials.size(), 1U);
  ASSERT_TRUE(m.requests->remove("www.lab.test", m.actor));
  EXPECT_TRUE(served(m, "www.lab.test").credentials.empty());
  EXPECT_EQ(m.requests->show("www.lab.test").error().code, Code::kNotFound);
}

TEST(Manager, AClockThatJumpsBackLosesNothing) {
  TestManager m;
  m.issue({"www.lab.test"});
  m.clock.step(-hours{24});
  EXPECT_EQ(m.renew_due(), 0);
  EXPECT_EQ(active(m.show("www.lab.test")).size(), 1U);
  EXPECT_EQ(served(m, "www.lab.test").credentials.size(), 1U);
  m.clock.step(hours{24});
  m.clock.advance(days{82});
  EXPECT_GT(m.renew_due(), 0);
}

TEST(Manager, TheAuditLogTellsTheStoryAndFitsTogether) {
  TestManager m;
  m.issue({"www.lab.test"});
  ASSERT_TRUE(m.store->audit().verify_audit());
  const auto records = m.store->audit().audit_after(0, 100).value();
  const auto has = [&](std::string_view action) {
    return std::any_of(records.begin(), records.end(),
                       [&](const AuditRecord& r) { return r.note.action == action; });
  };
  EXPECT_TRUE(has("issuer.add"));
  EXPECT_TRUE(has("account.register"));
  EXPECT_TRUE(has("set.request"));
  EXPECT_TRUE(has("version.activate"));
}

TEST(Manager, RefusalsNameTheField) {
  TestManager m;
  const auto id_of = [&](RequestInput input) {
    const auto outcome = m.requests->request(input, m.actor);
    return outcome ? std::string("accepted") : outcome.error().id;
  };
  EXPECT_EQ(id_of(m.input({})), "names-missing");
  EXPECT_EQ(id_of(m.input({"a_b.test"})), "name-underscore");
  EXPECT_EQ(id_of(m.input({"*.lab.test"})), "wildcard-no-dns-account");
  RequestInput input = m.input({"www.lab.test"});
  input.key_types = {"dsa"};
  EXPECT_EQ(id_of(input), "key-type");
  input = m.input({"www.lab.test"});
  input.name = "../etc";
  EXPECT_EQ(id_of(input), "set-name");
  input = m.input({"www.lab.test"});
  input.email = "nobody";
  EXPECT_EQ(id_of(input), "email");
  input = m.input({"www.lab.test"});
  input.members = std::vector<std::string>{"stranger"};
  EXPECT_EQ(id_of(input), "member-unknown");
  input = m.input({"www.lab.test"});
  input.account = "../other one";
  EXPECT_EQ(id_of(input), "account-name");
  input.dry_run = true;
  EXPECT_EQ(id_of(input), "account-name");
  for (const std::string& word : {std::string(256, 'a'), std::string("a\nb"), std::string()}) {
    input = m.input({"www.lab.test"});
    input.tags = {word};
    EXPECT_EQ(id_of(input), "word") << word;
  }
  input = m.input({"www.lab.test"});
  input.profile = "sh\x1bort";
  EXPECT_EQ(id_of(input), "word");
  EXPECT_TRUE(m.requests->list("", 10)->empty());
}

}  // namespace
}  // namespace certstead

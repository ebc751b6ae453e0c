// The manager's promises about sets, with a real store, vault, member and view, and a CA that does what the
// test asks for.
#include <gtest/gtest.h>

#include <algorithm>

#include "manager_scene.h"

namespace certstead {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

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

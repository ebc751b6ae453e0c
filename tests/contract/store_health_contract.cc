// Checks, watched addresses and notifications.
#include "contract/store_contract.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> versions_of(const std::vector<VersionCheck>& checks) {
  std::vector<std::string> out;
  for (const VersionCheck& check : checks) out.push_back(check.version_id);
  return out;
}

OutboxEntry entry(const std::string& id, Instant at) {
  return {id, "mail", {"www", "expired", "new", Health::kRed, "it expired", at}, at, 0, ""};
}

NotifyTarget sample_target() {
  NotifyTarget target;
  target.name = target.kind = "mail";
  target.server = "smtp.test:587";
  target.from = "a@example.test";
  target.to = {"b@example.test", "c@example.test"};
  target.user = "u";
  target.secret = sample_secret("mail");
  target.grants = sample_grants("mail");
  return target;
}

TEST_P(StoreContract, EveryActiveVersionHasACheckThatIsDueAtOnce) {
  const CredentialSet set = add_set("a.test");
  const CredentialVersion version = activate(set, 1);
  EXPECT_THAT(versions_of(store_->checks().checks_due(clock_.now(), 10).value()), ElementsAre(version.id));
  const CredentialVersion next = activate(current(set), 2);
  EXPECT_THAT(versions_of(store_->checks().checks_of_set(set.id).value()), ElementsAre(next.id));
  ASSERT_TRUE(store_->versions().mark_revoked(next.id, 1, clock_.now(), note("version.revoke")));
  EXPECT_THAT(store_->checks().checks_of_set(set.id).value(), IsEmpty());
}

TEST_P(StoreContract, ACheckComesBackAsItWasStored) {
  const CredentialSet set = add_set("a.test");
  const CredentialVersion version = activate(set, 1);
  VersionCheck check;
  check.version_id = version.id;
  check.set_id = set.id;
  check.next_check = clock_.now() + std::chrono::hours(6);
  check.checked_at = clock_.now();
  check.key = "RSA 1024";
  check.weaknesses = {"one", "two"};
  check.root_known = false;
  check.top_issuer = "CN=Top";
  check.revocation = RevocationStatus::kRevoked;
  check.revoked_at = clock_.now();
  check.revocation_reason = 4;
  ASSERT_TRUE(store_->checks().put_check(check));
  reopen();
  const VersionCheck read = store_->checks().checks_of_set(set.id).value().front();
  EXPECT_EQ(read.weaknesses, check.weaknesses);
  EXPECT_EQ(read.revocation, RevocationStatus::kRevoked);
  EXPECT_EQ(read.revoked_at, check.revoked_at);
  EXPECT_EQ(read.revocation_reason, 4);
  EXPECT_FALSE(read.root_known);
  EXPECT_FALSE(read.unknown_since);
  EXPECT_THAT(store_->checks().checks_due(clock_.now(), 10).value(), IsEmpty());
  ASSERT_TRUE(store_->checks().make_due("", clock_.now()));
  EXPECT_EQ(store_->checks().checks_due(clock_.now(), 10)->size(), 1U);
  check.version_id = "none";
  EXPECT_EQ(outcome(store_->checks().put_check(check)), "not-found");
}

TEST_P(StoreContract, ARootIsUsedByWhatEndsBelowItOrHoldsIt) {
  const CredentialSet set = add_set("a.test");
  const CredentialVersion version = activate(set, 1);
  VersionCheck check = store_->checks().checks_of_set(set.id).value().front();
  check.checked_at = clock_.now();
  check.top_issuer = "CN=Top";
  ASSERT_TRUE(store_->checks().put_check(check));
  TrustedRoot root = sample_root("top");
  root.self_signed = true;
  root.facts.subject = "CN=Top";
  EXPECT_EQ(store_->checks().sets_using(root).value(), 1);
  root.facts.subject = "CN=Other";
  EXPECT_EQ(store_->checks().sets_using(root).value(), 0);
  root.self_signed = false;
  root.certificate = version.chain.back();
  EXPECT_EQ(store_->checks().sets_using(root).value(), 1);
}

TEST_P(StoreContract, AChainIsReplacedOnlyForTheSameLeafAndTheChainThatWasSeen) {
  const CredentialSet set = add_set("a.test");
  const CredentialVersion version = activate(set, 1);
  const std::int64_t before = head();
  CredentialVersions::NewChain change{version.id, version.chain, version.chain, 2, "m", {1}};
  change.chain.push_back({9, 9});
  CredentialVersions::NewChain other = change;
  other.chain.front() = {7};
  EXPECT_EQ(outcome(store_->versions().replace_chains(set.id, {other}, note("chain.replace"))), "invalid");
  other = change;
  other.before.push_back({1});
  EXPECT_EQ(outcome(store_->versions().replace_chains(set.id, {other}, note("chain.replace"))), "conflict");
  EXPECT_EQ(head(), before);
  ASSERT_TRUE(store_->versions().replace_chains(set.id, {change}, note("chain.replace")));
  EXPECT_GT(head(), before);
  const CredentialVersion after = store_->versions().active_versions(set.id).value().front();
  EXPECT_EQ(after.chain, change.chain);
  EXPECT_EQ(after.version, 2);
  EXPECT_EQ(after.key.content, version.key.content);
  EXPECT_EQ(outcome(store_->versions().replace_chains(set.id, {change}, note("chain.replace"))), "conflict");
}

TEST_P(StoreContract, WatchKeepsTheLastTwoLooks) {
  UrlWatch watch = parse_watch("mail.test:587").value();
  watch.starttls = "smtp";
  ASSERT_TRUE(store_->watches().add_watch(watch, note("watch.add")));
  EXPECT_EQ(outcome(store_->watches().add_watch(watch, note("watch.add"))), "conflict");
  WatchResult first{
      clock_.now(), {{Health::kRed, "expired", "watch x", "it expired"}}, "a", "TLSv1.3", "0a", "CN=A", "f1",
      clock_.now()};
  WatchResult second{clock_.now() + Duration{1}, {}, "", "", "", "", "", {}};
  ASSERT_TRUE(store_->watches().put_result(watch.name, first, clock_.now() + std::chrono::hours(1)));
  ASSERT_TRUE(store_->watches().put_result(watch.name, second, clock_.now() + std::chrono::hours(1)));
  reopen();
  const WatchRecord read = store_->watches().list_watches().value().front();
  EXPECT_EQ(read.watch.starttls, "smtp");
  EXPECT_EQ(read.before->findings, first.findings);
  EXPECT_EQ(read.before->not_after, first.not_after);
  EXPECT_EQ(read.last->at, second.at);
  EXPECT_THAT(store_->watches().watches_due(clock_.now(), 10).value(), IsEmpty());
  ASSERT_TRUE(store_->watches().remove_watch(watch.name, note("watch.remove")));
  EXPECT_EQ(outcome(store_->watches().put_result(watch.name, first, clock_.now())), "not-found");
}

TEST_P(StoreContract, OutboxKeepsWhatDidNotLeaveAndGoesWithItsTarget) {
  ASSERT_TRUE(store_->notifications().add_target(sample_target(), note("notify.add")));
  const Told told{"www", "expired", Health::kRed, "it expired", clock_.now(), clock_.now()};
  ASSERT_TRUE(
      store_->notifications().tell("www", {told}, {entry("e1", clock_.now()), entry("e2", clock_.now())}));
  reopen();
  EXPECT_EQ(store_->notifications().list_targets()->front().to.size(), 2U);
  EXPECT_EQ(store_->notifications().list_targets()->front().secret.content, sample_secret("mail").content);
  EXPECT_EQ(store_->notifications().told("www")->size(), 1U);
  EXPECT_THAT(store_->notifications().told_subjects().value(), ElementsAre("www"));
  auto due = store_->notifications().outbox_due("mail", clock_.now(), 1).value();
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].notice.event, "new");
  ASSERT_TRUE(store_->notifications().end_delivery(due, "", clock_.now()));
  due = store_->notifications().outbox_due("mail", clock_.now(), 10).value();
  ASSERT_EQ(due.size(), 1U);
  ASSERT_TRUE(store_->notifications().end_delivery(due, "down", clock_.now() + Duration{1}));
  EXPECT_THAT(store_->notifications().outbox_due("mail", clock_.now(), 10).value(), IsEmpty());
  due = store_->notifications().outbox_due("mail", clock_.now() + Duration{1}, 10).value();
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].attempts, 1);
  EXPECT_EQ(due[0].last_error, "down");
  ASSERT_TRUE(store_->notifications().remove_target("mail", note("notify.remove")));
  EXPECT_EQ(store_->notifications().outbox_size("mail").value(), 0);
}

TEST_P(StoreContract, BeatsOutliveARestart) {
  EXPECT_FALSE(store_->beats().beat("watch").value());
  ASSERT_TRUE(store_->beats().put_beat("watch", clock_.now()));
  reopen();
  EXPECT_EQ(store_->beats().beat("watch").value(), clock_.now());
}

}  // namespace
}  // namespace certstead

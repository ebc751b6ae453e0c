// Credential sets and their versions.
#include "contract/store_contract.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, SetComesBackAsItWasStored) {
  const CredentialSet set = add_set("a.test");
  reopen();
  EXPECT_EQ(dump(store_->credentials().find_set(set.id).value()), dump(set));
  EXPECT_EQ(dump(store_->credentials().find_set_by_name("a.test").value()), dump(set));
}

TEST_P(StoreContract, SetWithNothingInItComesBackToo) {
  CredentialSet set;
  set.id = "bare", set.name = "bare";
  ASSERT_EQ(outcome(store_->credentials().create_set(set, note("set.create"))), "done");
  EXPECT_EQ(dump(current(set)), dump(set));
}

TEST_P(StoreContract, UnknownSetIsNotFound) {
  EXPECT_EQ(outcome(store_->credentials().find_set("none")), "not-found");
  EXPECT_EQ(outcome(store_->credentials().find_set_by_name("none")), "not-found");
  EXPECT_EQ(outcome(store_->credentials().update_set(sample_set("none"), note("x"))), "not-found");
  EXPECT_EQ(outcome(store_->credentials().delete_set("none", note("x"))), "not-found");
}

TEST_P(StoreContract, NameOfASetIsTakenOnce) {
  add_set("a.test");
  CredentialSet second = sample_set("a.test");
  second.id = "other";
  EXPECT_EQ(outcome(store_->credentials().create_set(second, note("set.create"))), "conflict");
  second.name = "b.test";
  ASSERT_EQ(outcome(store_->credentials().create_set(second, note("set.create"))), "done");
  second.name = "a.test";
  EXPECT_EQ(outcome(store_->credentials().update_set(second, note("set.update"))), "conflict");
  EXPECT_THAT(audited(), ElementsAre("set.create", "set.create"));
}

TEST_P(StoreContract, UpdateRaisesTheRevisionAndRefusesAStaleOne) {
  CredentialSet set = add_set("a.test");
  set.status = SetStatus::kError;
  set.renew_at.reset();
  EXPECT_EQ(store_->credentials().update_set(set, note("set.update")).value(), 6);
  const auto stale = store_->credentials().update_set(set, note("set.update"));
  EXPECT_EQ(stale.error().id, "stale-revision");
  set.revision = 6;
  EXPECT_EQ(dump(current(set)), dump(set));
}

TEST_P(StoreContract, SetsAreListedByNameInPages) {
  for (const char* name : {"c.test", "a.test", "b.test"}) add_set(name);
  auto& sets = store_->credentials();
  EXPECT_THAT(names_of(sets.list_sets("", 2).value()), ElementsAre("a.test", "b.test"));
  EXPECT_THAT(names_of(sets.list_sets("b.test", 2).value()), ElementsAre("c.test"));
}

TEST_P(StoreContract, DueSetsComeMostOverdueFirst) {
  const Instant now = clock_.now();
  const auto add = [&](const char* name, std::optional<Instant> renew, std::optional<Instant> poll) {
    CredentialSet set = sample_set(name);
    set.renew_at = renew, set.ari_poll_at = poll;
    ASSERT_EQ(outcome(store_->credentials().create_set(set, note("set.create"))), "done");
  };
  using std::chrono::seconds;
  add("late", now - seconds(5), std::nullopt);
  add("poll", now + seconds(9), now - seconds(7));
  add("just", std::nullopt, now);
  add("not-yet", now + seconds(1), now + seconds(2));
  add("never", std::nullopt, std::nullopt);
  EXPECT_THAT(names_of(store_->credentials().sets_due(now, 10).value()), ElementsAre("poll", "late", "just"));
  EXPECT_THAT(names_of(store_->credentials().sets_due(now, 1).value()), ElementsAre("poll"));
}

TEST_P(StoreContract, DeletedSetTakesItsOrdersAndAnswersAlongButLeavesTheArchive) {
  CredentialSet set = add_set("a.test");
  const Job job = run_job(set.id);
  activate(set, 1);
  add_order(job, "order-1");
  ASSERT_EQ(outcome(store_->challenges().publish_challenge(sample_challenge("token", "order-1"))), "done");
  const std::int64_t before = head();
  ASSERT_EQ(outcome(store_->credentials().delete_set(set.id, note("set.delete"))), "done");
  EXPECT_EQ(outcome(store_->credentials().find_set(set.id)), "not-found");
  EXPECT_THAT(store_->orders().all_orders().value(), IsEmpty());
  EXPECT_THAT(changes_after(before), ElementsAre("challenge token gone", "set " + set.id + " gone"));
  EXPECT_THAT(store_->versions().all_active("", 10).value(), IsEmpty());
  const auto archive = store_->versions().versions(set.id).value();
  ASSERT_EQ(archive.size(), 1U);
  EXPECT_EQ(archive[0].state, VersionState::kArchived);
  EXPECT_EQ(archive[0].ended, clock_.now());
}

TEST_P(StoreContract, VersionComesBackAsItWasStored) {
  const CredentialSet set = add_set("a.test");
  const CredentialVersion version = activate(set, 1);
  reopen();
  EXPECT_EQ(dump(store_->versions().active_versions(set.id).value().at(0)), dump(version));
  EXPECT_EQ(dump(store_->versions().all_active("", 10).value().at(0)), dump(version));
}

TEST_P(StoreContract, ActivationArchivesWhatWasActiveAndStoresTheSet) {
  CredentialSet set = add_set("a.test");
  const CredentialVersion old = activate(set, 1);
  set = current(set);
  EXPECT_EQ(set.revision, 6);
  set.status = SetStatus::kRenewing;
  const std::vector<CredentialVersion> fresh = {sample_version(set, 2, KeyType::kRsa2048),
                                                sample_version(set, 2, KeyType::kP256)};
  ASSERT_EQ(outcome(store_->versions().activate(set, fresh, "", 0, note("version.activate"))), "done");
  EXPECT_THAT(ids_of(store_->versions().versions(set.id).value()),
              ElementsAre(fresh[1].id, fresh[0].id, old.id));
  EXPECT_THAT(ids_of(store_->versions().active_versions(set.id).value()),
              ElementsAre(fresh[1].id, fresh[0].id));
  EXPECT_EQ(store_->versions().versions(set.id)->back().ended, clock_.now());
  EXPECT_EQ(current(set).status, SetStatus::kRenewing);
}

TEST_P(StoreContract, ActivationTakesTheOrdersThatBroughtItAndTheirAnswers) {
  CredentialSet set = add_set("a.test");
  const Job job = run_job(set.id);
  add_order(job, "brought");  // version 2, p256
  Order other = sample_order("other", set.id, job.id);
  other.key_type = KeyType::kRsa2048;
  ASSERT_EQ(outcome(store_->orders().create_order(other, job.fence)), "done");
  ASSERT_EQ(outcome(store_->challenges().publish_challenge(sample_challenge("token", "brought"))), "done");
  const auto fresh = sample_version(set, 2, KeyType::kP256);
  ASSERT_EQ(outcome(store_->versions().activate(set, {fresh}, job.id, job.fence, note("a"))), "done");
  EXPECT_THAT(ids_of(store_->orders().orders_of_set(set.id).value()), ElementsAre("other"));
  EXPECT_THAT(store_->challenges().list_challenges().value(), IsEmpty());
}

TEST_P(StoreContract, RefusedActivationLeavesEverythingAsItWas) {
  CredentialSet set = add_set("a.test");
  const CredentialVersion old = activate(set, 1);
  const Job job = run_job(set.id);
  const std::int64_t before = head();
  auto& versions = store_->versions();
  const auto fresh = sample_version(set, 2, KeyType::kP256);
  EXPECT_EQ(versions.activate(set, {fresh}, "", 0, note("a")).error().id, "stale-revision");
  set = current(set);
  EXPECT_EQ(versions.activate(set, {fresh}, job.id, job.fence - 1, note("a")).error().id, "stale-fence");
  EXPECT_EQ(outcome(versions.activate(set, {}, "", 0, note("a"))), "invalid");
  const auto foreign = sample_version(sample_set("b.test"), 2, KeyType::kP256);
  EXPECT_EQ(outcome(versions.activate(set, {fresh, foreign}, "", 0, note("a"))), "invalid");
  auto again = sample_version(set, 1, KeyType::kP256);
  again.id = "again";
  EXPECT_EQ(outcome(versions.activate(set, {again}, "", 0, note("a"))), "conflict");
  EXPECT_THAT(ids_of(versions.active_versions(set.id).value()), ElementsAre(old.id));
  EXPECT_EQ(versions.versions(set.id)->size(), 1U);
  EXPECT_EQ(head(), before);
  EXPECT_EQ(current(set).revision, set.revision);
}

TEST_P(StoreContract, AllActiveVersionsAreListedInPagesById) {
  for (const char* name : {"c", "a", "b"}) activate(add_set(name), 1);
  auto& versions = store_->versions();
  const auto first = versions.all_active("", 2).value();
  EXPECT_THAT(ids_of(first), ElementsAre("id-a.1.p256", "id-b.1.p256"));
  EXPECT_THAT(ids_of(versions.all_active(first.back().id, 2).value()), ElementsAre("id-c.1.p256"));
}

TEST_P(StoreContract, RevokedVersionIsNotActiveAnyMore) {
  const CredentialSet set = add_set("a.test");
  const CredentialVersion version = activate(set, 1);
  const std::int64_t before = head();
  auto& versions = store_->versions();
  ASSERT_EQ(outcome(versions.mark_revoked(version.id, 4, clock_.now(), note("version.revoke"))), "done");
  EXPECT_THAT(versions.active_versions(set.id).value(), IsEmpty());
  EXPECT_THAT(versions.all_active("", 10).value(), IsEmpty());
  EXPECT_THAT(changes_after(before), ElementsAre("set " + set.id));
  const CredentialVersion stored = versions.versions(set.id)->at(0);
  EXPECT_EQ(stored.state, VersionState::kRevoked);
  EXPECT_EQ(stored.revocation_reason, 4);
  EXPECT_EQ(stored.ended, clock_.now());
  EXPECT_EQ(outcome(versions.mark_revoked("none", 4, clock_.now(), note("x"))), "not-found");
}

TEST_P(StoreContract, RevokingAgainKeepsTheFirstMoment) {
  const CredentialSet set = add_set("a.test");
  const CredentialVersion version = activate(set, 1);
  const Instant first = clock_.now();
  auto& versions = store_->versions();
  ASSERT_EQ(outcome(versions.mark_revoked(version.id, 4, first, note("r"))), "done");
  ASSERT_EQ(outcome(versions.mark_revoked(version.id, 1, first + std::chrono::hours(1), note("r"))), "done");
  EXPECT_EQ(versions.versions(set.id)->at(0).ended, first);
  EXPECT_EQ(versions.versions(set.id)->at(0).revocation_reason, 1);
}

TEST_P(StoreContract, GrantsAreReplacedAsAWhole) {
  const CredentialSet set = add_set("a.test");
  const CredentialVersion version = activate(set, 1);
  const std::int64_t before = head();
  const std::vector<Grant> grants = {{version.key.ref, "member-2", {7}}};
  ASSERT_EQ(outcome(store_->versions().set_grants(version.id, grants, note("grant"))), "done");
  const auto stored = store_->versions().active_versions(set.id)->at(0).grants;
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].recipient, "member-2");
  EXPECT_EQ(stored[0].envelope, Bytes{7});
  EXPECT_THAT(changes_after(before), ElementsAre("set " + set.id));
  EXPECT_EQ(outcome(store_->versions().set_grants("none", grants, note("x"))), "not-found");
}

}  // namespace
}  // namespace certstead

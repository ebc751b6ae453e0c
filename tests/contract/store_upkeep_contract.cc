// Budgets at CAs, what is forgotten with time, and the export identity with its tries.
#include "contract/store_contract.h"

namespace certstead {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr hours kWeek{24 * 7};

BudgetLine line(const std::string& scope, int limit, int amount = 1) {
  return {"domain", scope, limit, kWeek, amount};
}

CredentialVersion expiring(const CredentialSet& set, std::int64_t number, Instant at) {
  CredentialVersion version = sample_version(set, number, KeyType::kP256);
  version.facts.not_after = at;
  return version;
}

ExportIdentity sample_export(Instant now) {
  ExportIdentity identity;
  identity.certificate = {1, 2}, identity.encrypted_key = {3, 4};
  identity.created = identity.password_changed = now;
  return identity;
}

TEST_P(StoreContract, BudgetIsTakenUntilItIsSpentAndHasRoomWhenTheOldestUseIsAWeekOld) {
  auto& issuers = store_->issuers();
  const Instant start = clock_.now();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(issuers.take_budget("ca", {line("a.test", 3)}, clock_.now()).value()) << i;
    clock_.advance(minutes(10));
  }
  reopen();
  const auto wait = store_->issuers().take_budget("ca", {line("a.test", 3)}, clock_.now()).value();
  ASSERT_TRUE(wait);
  EXPECT_EQ(wait->until, start + kWeek);
  EXPECT_EQ(wait->line.scope, "a.test");
  const auto two = store_->issuers().take_budget("ca", {line("a.test", 3, 2)}, clock_.now()).value();
  ASSERT_TRUE(two);
  EXPECT_EQ(two->until, start + minutes(10) + kWeek);
  EXPECT_FALSE(store_->issuers().take_budget("ca", {line("b.test", 3)}, clock_.now()).value());
  EXPECT_FALSE(store_->issuers().take_budget("other", {line("a.test", 3)}, clock_.now()).value());
  EXPECT_FALSE(store_->issuers().take_budget("ca", {line("a.test", 3)}, start + kWeek).value());
}

TEST_P(StoreContract, BudgetIsTakenAsAWholeOrNotAtAll) {
  auto& issuers = store_->issuers();
  const Instant now = clock_.now();
  ASSERT_FALSE(issuers.take_budget("ca", {line("full.test", 1)}, now).value());
  const auto wait = issuers.take_budget("ca", {line("free.test", 1), line("full.test", 1)}, now).value();
  ASSERT_TRUE(wait);
  EXPECT_EQ(wait->line.scope, "full.test");
  EXPECT_EQ(issuers.count_usage("ca", "domain", "free.test", now).value(), 0);
}

TEST_P(StoreContract, AmountAboveTheLimitNeedsAnUnusedWindow) {
  auto& issuers = store_->issuers();
  EXPECT_FALSE(issuers.take_budget("ca", {line("a.test", 1, 2)}, clock_.now()).value());
  EXPECT_EQ(issuers.count_usage("ca", "domain", "a.test", clock_.now()).value(), 2);
  EXPECT_TRUE(issuers.take_budget("ca", {line("a.test", 1, 2)}, clock_.now() + minutes(1)).value());
}

TEST_P(StoreContract, LongExpiredVersionsAreForgottenButNeverActiveOnesNorTheNewest) {
  CredentialSet set = add_set("a.test");
  const Instant now = clock_.now();
  auto& versions = store_->versions();
  const int ages[] = {50, 31, 29, -20, 60};  // days since the certificate expired, version by version
  std::int64_t number = 0;
  std::vector<std::string> ids;
  for (const int age : ages) {
    const CredentialVersion version = expiring(current(set), ++number, now - hours(24 * age));
    ASSERT_EQ(outcome(versions.activate(current(set), {version}, "", 0, note("v"))), "done");
    ids.push_back(version.id);
  }
  ASSERT_EQ(outcome(versions.mark_revoked(ids[0], 1, now, note("r"))), "done");
  ASSERT_EQ(outcome(versions.mark_revoked(ids[3], 1, now, note("r"))), "done");
  const std::int64_t feed = head();
  const std::size_t notes = audited().size();
  EXPECT_EQ(versions.prune_versions(now - hours(24 * 30), 1).value(), 1U);
  EXPECT_EQ(versions.prune_versions(now - hours(24 * 30), 10).value(), 1U);
  EXPECT_EQ(versions.prune_versions(now - hours(24 * 30), 10).value(), 0U);
  EXPECT_THAT(ids_of(versions.versions(set.id).value()), ElementsAre(ids[4], ids[3], ids[2]));
  EXPECT_EQ(head(), feed);
  EXPECT_EQ(audited().size(), notes);

  // Revoked without a successor: the newest stays, so that numbers never start again.
  ASSERT_EQ(outcome(versions.mark_revoked(ids[4], 1, now, note("r"))), "done");
  EXPECT_EQ(versions.prune_versions(now + hours(24 * 99), 10).value(), 2U);
  EXPECT_THAT(ids_of(versions.versions(set.id).value()), ElementsAre(ids[4]));
  ASSERT_EQ(outcome(store_->credentials().delete_set(set.id, note("d"))), "done");
  EXPECT_EQ(versions.prune_versions(now, 10).value(), 1U);
  EXPECT_THAT(versions.versions(set.id).value(), IsEmpty());
}

TEST_P(StoreContract, ExportIdentityIsMadeOnce) {
  auto& exports = store_->exports();
  EXPECT_EQ(exports.export_identity().error().id, "export-not-set-up");
  EXPECT_EQ(exports.begin_export_try(clock_.now()).error().id, "export-not-set-up");
  ASSERT_EQ(outcome(exports.create_export_identity(sample_export(clock_.now()), note("export.setup"))),
            "done");
  EXPECT_EQ(exports.create_export_identity(sample_export(clock_.now()), note("x")).error().id,
            "export-set-up");
  reopen();
  const auto stored = store_->exports().export_identity();
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->certificate, (Bytes{1, 2}));
  EXPECT_EQ(stored->encrypted_key, (Bytes{3, 4}));
  EXPECT_EQ(stored->created, clock_.now());
  EXPECT_THAT(audited(), ElementsAre("export.setup"));
}

TEST_P(StoreContract, FifthWrongPasswordLocksAndEachFurtherOneTwiceAsLong) {
  ASSERT_EQ(outcome(store_->exports().create_export_identity(sample_export(clock_.now()), note("x"))),
            "done");
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(store_->exports().begin_export_try(clock_.now()).value(), i);
  minutes lock{1};
  for (int i = 6; i <= 8; ++i) {
    reopen();
    const auto locked = store_->exports().begin_export_try(clock_.now() + lock - std::chrono::seconds(1));
    ASSERT_FALSE(locked) << i;
    EXPECT_EQ(locked.error().code, Code::kLimited);
    EXPECT_EQ(locked.error().retry_after, std::chrono::seconds(1));
    clock_.advance(lock);
    EXPECT_EQ(store_->exports().begin_export_try(clock_.now()).value(), i);
    lock *= 2;
  }
  ASSERT_EQ(outcome(store_->exports().clear_export_tries()), "done");
  EXPECT_EQ(store_->exports().begin_export_try(clock_.now()).value(), 1);
}

TEST_P(StoreContract, LockForWrongPasswordsEndsAfterADay) {
  ASSERT_EQ(outcome(store_->exports().create_export_identity(sample_export(clock_.now()), note("x"))),
            "done");
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(outcome(store_->exports().begin_export_try(clock_.now())), "done") << i;
    clock_.advance(hours(24));
  }
}

TEST_P(StoreContract, ExportPasswordIsChangedUnderTheKeyThatWasRead) {
  auto& exports = store_->exports();
  ASSERT_EQ(outcome(exports.create_export_identity(sample_export(clock_.now()), note("x"))), "done");
  ASSERT_EQ(outcome(exports.begin_export_try(clock_.now())), "done");
  clock_.advance(minutes(1));
  const Bytes old = {3, 4}, fresh = {5};
  ASSERT_EQ(outcome(exports.change_export_password(old, fresh, clock_.now(), note("export.password"))),
            "done");
  EXPECT_EQ(exports.change_export_password(old, fresh, clock_.now(), note("y")).error().id, "export-busy");
  const ExportIdentity stored = exports.export_identity().value();
  EXPECT_EQ(stored.encrypted_key, fresh);
  EXPECT_EQ(stored.password_changed, clock_.now());
  EXPECT_EQ(stored.failures, 0);
}

}  // namespace
}  // namespace certstead

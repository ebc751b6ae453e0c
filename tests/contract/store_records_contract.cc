// Accounts, issuers with their budgets, trusted roots, members, settings.
#include "contract/store_contract.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, AccountComesBackAsItWasStored) {
  const Account account = sample_account("ca", "default");
  ASSERT_EQ(outcome(store_->accounts().create_account(account, note("account.create"))), "done");
  reopen();
  EXPECT_EQ(dump(store_->accounts().find_account("ca", "default").value()), dump(account));
  EXPECT_EQ(outcome(store_->accounts().find_account("ca", "other")), "not-found");
  EXPECT_EQ(outcome(store_->accounts().find_account("other", "default")), "not-found");
}

TEST_P(StoreContract, AccountNameIsUniqueWithItsIssuer) {
  auto& accounts = store_->accounts();
  ASSERT_EQ(outcome(accounts.create_account(sample_account("b", "x"), note("a"))), "done");
  ASSERT_EQ(outcome(accounts.create_account(sample_account("a", "x"), note("a"))), "done");
  Account again = sample_account("a", "x");
  again.id = "again";
  EXPECT_EQ(accounts.create_account(again, note("a")).error().id, "taken");
  EXPECT_THAT(ids_of(accounts.list_accounts().value()), ElementsAre("a/x", "b/x"));
}

TEST_P(StoreContract, AccountIsUpdatedUnderItsRevision) {
  Account account = sample_account("ca", "default");
  auto& accounts = store_->accounts();
  EXPECT_EQ(outcome(accounts.update_account(account, note("a"))), "not-found");
  ASSERT_EQ(outcome(accounts.create_account(account, note("a"))), "done");
  account.status = "deactivated";
  account.next_key = {};
  account.next_grants.clear();
  EXPECT_EQ(accounts.update_account(account, note("a")).value(), 4);
  EXPECT_EQ(accounts.update_account(account, note("a")).error().id, "stale-revision");
  account.revision = 4;
  EXPECT_EQ(dump(accounts.find_account("ca", "default").value()), dump(account));
  EXPECT_TRUE(accounts.find_account("ca", "default")->next_key.empty());
}

TEST_P(StoreContract, AccountInUseIsNotDeleted) {
  auto& accounts = store_->accounts();
  ASSERT_EQ(outcome(accounts.create_account(sample_account("issuer", "account"), note("a"))), "done");
  const CredentialSet set = add_set("a.test");  // of that issuer and account
  EXPECT_EQ(accounts.delete_account("issuer", "account", note("a")).error().id, "in-use");
  ASSERT_EQ(outcome(store_->credentials().delete_set(set.id, note("s"))), "done");
  EXPECT_EQ(outcome(accounts.delete_account("issuer", "account", note("a"))), "done");
  EXPECT_EQ(outcome(accounts.delete_account("issuer", "account", note("a"))), "not-found");
}

TEST_P(StoreContract, IssuerComesBackAsItWasStored) {
  const IssuerRecord issuer = sample_issuer("ca");
  auto& issuers = store_->issuers();
  ASSERT_EQ(outcome(issuers.create_issuer(issuer, note("issuer.create"))), "done");
  EXPECT_EQ(issuers.create_issuer(issuer, note("issuer.create")).error().id, "taken");
  ASSERT_EQ(outcome(issuers.create_issuer(sample_issuer("another"), note("issuer.create"))), "done");
  reopen();
  EXPECT_EQ(dump(store_->issuers().find_issuer("ca").value()), dump(issuer));
  EXPECT_EQ(outcome(store_->issuers().find_issuer("none")), "not-found");
  EXPECT_THAT(names_of(store_->issuers().list_issuers().value()), ElementsAre("another", "ca"));
}

TEST_P(StoreContract, IssuerIsUpdatedUnderItsRevision) {
  IssuerRecord issuer = sample_issuer("ca");
  auto& issuers = store_->issuers();
  EXPECT_EQ(outcome(issuers.update_issuer(issuer, note("i"))), "not-found");
  ASSERT_EQ(outcome(issuers.create_issuer(issuer, note("i"))), "done");
  issuer.max_names = 50;
  EXPECT_EQ(issuers.update_issuer(issuer, note("i")).value(), 5);
  EXPECT_EQ(issuers.update_issuer(issuer, note("i")).error().id, "stale-revision");
  EXPECT_EQ(issuers.find_issuer("ca")->max_names, 50U);
}

TEST_P(StoreContract, IssuerInUseIsNotDeleted) {
  auto& issuers = store_->issuers();
  ASSERT_EQ(outcome(issuers.create_issuer(sample_issuer("issuer"), note("i"))), "done");
  ASSERT_EQ(outcome(store_->accounts().create_account(sample_account("issuer", "x"), note("a"))), "done");
  EXPECT_EQ(issuers.delete_issuer("issuer", note("i")).error().id, "in-use");
  ASSERT_EQ(outcome(store_->accounts().delete_account("issuer", "x", note("a"))), "done");
  const CredentialSet set = add_set("a.test");
  EXPECT_EQ(issuers.delete_issuer("issuer", note("i")).error().id, "in-use");
  ASSERT_EQ(outcome(store_->credentials().delete_set(set.id, note("s"))), "done");
  EXPECT_EQ(outcome(issuers.delete_issuer("issuer", note("i"))), "done");
  EXPECT_EQ(outcome(issuers.delete_issuer("issuer", note("i"))), "not-found");
}

TEST_P(StoreContract, UsageIsCountedByKindAndScopeFromAMomentOn) {
  auto& issuers = store_->issuers();
  const Instant now = clock_.now();
  for (const int age : {0, 10, 20}) {
    ASSERT_EQ(outcome(issuers.add_usage("ca", "order", "acct", now - std::chrono::minutes(age))), "done");
  }
  ASSERT_EQ(outcome(issuers.add_usage("ca", "failure", "acct", now)), "done");
  ASSERT_EQ(outcome(issuers.add_usage("ca", "order", "other", now)), "done");
  reopen();
  const auto count = [&](const char* kind, int age) {
    return store_->issuers().count_usage("ca", kind, "acct", now - std::chrono::minutes(age)).value();
  };
  EXPECT_EQ(count("order", 10), 2);
  EXPECT_EQ(count("order", 60), 3);
  EXPECT_EQ(count("failure", 60), 1);
}

TEST_P(StoreContract, TrustedRootIsUniqueByNameAndByCertificate) {
  auto& roots = store_->roots();
  const TrustedRoot root = sample_root("b");
  ASSERT_EQ(outcome(roots.add_root(root, note("root.add"))), "done");
  ASSERT_EQ(outcome(roots.add_root(sample_root("a"), note("root.add"))), "done");
  TrustedRoot same = root;
  same.name = "c";
  EXPECT_EQ(roots.add_root(same, note("root.add")).error().id, "taken");
  same = sample_root("c");
  same.name = "b";
  EXPECT_EQ(roots.add_root(same, note("root.add")).error().id, "taken");
  EXPECT_THAT(names_of(roots.list_roots().value()), ElementsAre("a", "b"));
  EXPECT_EQ(dump(roots.list_roots()->at(1)), dump(root));
}

TEST_P(StoreContract, TrustedRootIsDeletedByName) {
  auto& roots = store_->roots();
  ASSERT_EQ(outcome(roots.add_root(sample_root("a"), note("root.add"))), "done");
  ASSERT_EQ(outcome(roots.delete_root("a", note("root.delete"))), "done");
  EXPECT_EQ(outcome(roots.delete_root("a", note("root.delete"))), "not-found");
  EXPECT_THAT(roots.list_roots().value(), IsEmpty());
  EXPECT_THAT(audited(), ElementsAre("root.add", "root.delete"));
}

TEST_P(StoreContract, MemberIsAddedAndReplaced) {
  MemberRecord member = sample_member("m");
  auto& members = store_->members();
  ASSERT_EQ(outcome(members.put_member(member, note("member.join"))), "done");
  reopen();
  EXPECT_EQ(dump(store_->members().find_member("m").value()), dump(member));
  member.name = "renamed", member.last_seen.reset();
  ASSERT_EQ(outcome(store_->members().put_member(member, note("member.rename"))), "done");
  EXPECT_EQ(dump(store_->members().list_members()->at(0)), dump(member));
  EXPECT_EQ(outcome(store_->members().find_member("none")), "not-found");
}

TEST_P(StoreContract, MemberReportsHowFarItHasCome) {
  ASSERT_EQ(outcome(store_->members().put_member(sample_member("m"), note("member.join"))), "done");
  ASSERT_EQ(outcome(store_->members().report_applied("m", 77, clock_.now())), "done");
  EXPECT_EQ(store_->members().find_member("m")->applied_seq, 77);
  EXPECT_EQ(store_->members().find_member("m")->last_seen, clock_.now());
  EXPECT_EQ(outcome(store_->members().report_applied("none", 1, clock_.now())), "not-found");
  EXPECT_THAT(audited(), ElementsAre("member.join"));
}

TEST_P(StoreContract, SettingIsAbsentThenSetThenChanged) {
  auto& settings = store_->settings();
  EXPECT_EQ(settings.setting("x").value(), std::nullopt);
  ASSERT_EQ(outcome(settings.set_setting("x", "", note("setting"))), "done");
  EXPECT_EQ(settings.setting("x").value(), "");
  ASSERT_EQ(outcome(settings.set_setting("x", "two", note("setting"))), "done");
  reopen();
  EXPECT_EQ(store_->settings().setting("x").value(), "two");
}

TEST_P(StoreContract, IdentityIsMadeOnceAndKept) {
  const StoreIdentity first = store_->settings().identity().value();
  EXPECT_GE(first.store_id.size(), 16U);
  EXPECT_EQ(first.epoch, 1);
  EXPECT_EQ(first.seq, 0);
  reopen();
  EXPECT_EQ(store_->settings().identity()->store_id, first.store_id);
}

TEST_P(StoreContract, EpochOnlyRisesAndWakesThoseWhoWait) {
  const std::int64_t before = head();
  const Bytes proof = {1, 2};
  ASSERT_EQ(outcome(store_->settings().raise_epoch(3, proof, note("epoch"))), "done");
  EXPECT_EQ(store_->settings().identity()->epoch, 3);
  EXPECT_GT(store_->feed().wait_for_change(before, Deadline::never()).value(), before);
  EXPECT_THAT(changes_after(before), IsEmpty());
  EXPECT_EQ(outcome(store_->settings().raise_epoch(3, proof, note("epoch"))), "conflict");
  EXPECT_EQ(outcome(store_->settings().raise_epoch(2, proof, note("epoch"))), "conflict");
  EXPECT_THAT(audited(), ElementsAre("epoch"));
}

TEST_P(StoreContract, StoreKeysAreKeptByVersion) {
  auto& settings = store_->settings();
  ASSERT_EQ(outcome(settings.put_store_key({2, {2, 2}, sample_grants("k2")}, note("key"))), "done");
  ASSERT_EQ(outcome(settings.put_store_key({1, {1}, {}}, note("key"))), "done");
  ASSERT_EQ(outcome(settings.put_store_key({1, {1, 1}, sample_grants("k1")}, note("key"))), "done");
  reopen();
  const auto keys = store_->settings().store_keys().value();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].version, 1);
  EXPECT_EQ(keys[0].certificate, (Bytes{1, 1}));
  EXPECT_EQ(keys[1].certificate, (Bytes{2, 2}));
  ASSERT_EQ(keys[1].grants.size(), 2U);
  EXPECT_EQ(keys[1].grants[1].recipient, "member-1");
}

}  // namespace
}  // namespace certstead

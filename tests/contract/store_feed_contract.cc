// The change feed, the published challenges, the audit log, and many threads at once.
#include <thread>

#include "base/text.h"
#include "contract/store_contract.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, FeedNamesEachObjectOnceWithItsLatestChange) {
  CredentialSet a = add_set("a");
  CredentialSet b = add_set("b");
  EXPECT_EQ(head(), 0);
  activate(a, 1);
  activate(b, 1);
  activate(current(a), 2);
  EXPECT_THAT(changes_after(0), ElementsAre("set id-b", "set id-a"));
  EXPECT_EQ(head(), 3);
  const auto changes = store_->feed().changes_after(0, 1).value();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].seq, 2);
  EXPECT_THAT(changes_after(3), IsEmpty());
}

TEST_P(StoreContract, FeedHearsOfASetOnlyIfMembersWouldSeeTheChange) {
  CredentialSet set = add_set("a");
  const auto change = [&](auto&& edit) {
    set = current(set);
    const std::int64_t before = head();
    edit(set);
    EXPECT_EQ(outcome(store_->credentials().update_set(set, note("set.update"))), "done");
    return head() - before;
  };
  EXPECT_EQ(change([](CredentialSet& s) { s.status = SetStatus::kError; }), 0);
  EXPECT_EQ(change([](CredentialSet& s) { s.renew_at.reset(); }), 0);
  EXPECT_EQ(change([](CredentialSet& s) { s.members.push_back("m"); }), 1);
  EXPECT_EQ(change([](CredentialSet& s) { s.tags.clear(); }), 1);
  EXPECT_EQ(change([](CredentialSet& s) { s.name = "renamed"; }), 1);
}

TEST_P(StoreContract, PublishedChallengeIsFoundListedAndTold) {
  const PublishedChallenge challenge = sample_challenge("token", "o");
  const std::int64_t seq = store_->challenges().publish_challenge(challenge).value();
  EXPECT_EQ(seq, 1);
  EXPECT_EQ(head(), seq);
  EXPECT_THAT(changes_after(0), ElementsAre("challenge token"));
  reopen();
  EXPECT_EQ(dump(store_->challenges().find_challenge("token").value()), dump(challenge));
  EXPECT_EQ(dump(store_->challenges().list_challenges()->at(0)), dump(challenge));
  EXPECT_EQ(outcome(store_->challenges().find_challenge("none")), "not-found");
}

TEST_P(StoreContract, PublishingAgainTellsTheFeedAgain) {
  ASSERT_EQ(store_->challenges().publish_challenge(sample_challenge("token", "o")).value(), 1);
  EXPECT_EQ(store_->challenges().publish_challenge(sample_challenge("token", "o")).value(), 2);
  EXPECT_EQ(store_->challenges().list_challenges()->size(), 1U);
}

TEST_P(StoreContract, WithdrawingTakesAllAnswersOfOneOrder) {
  for (const char* token : {"t1", "t2"}) {
    ASSERT_EQ(outcome(store_->challenges().publish_challenge(sample_challenge(token, "o"))), "done");
  }
  ASSERT_EQ(outcome(store_->challenges().publish_challenge(sample_challenge("t3", "other"))), "done");
  ASSERT_EQ(outcome(store_->challenges().withdraw_challenges("o")), "done");
  EXPECT_THAT(changes_after(0), ElementsAre("challenge t3", "challenge t1 gone", "challenge t2 gone"));
  EXPECT_EQ(outcome(store_->challenges().find_challenge("t1")), "not-found");
  EXPECT_EQ(outcome(store_->challenges().withdraw_challenges("o")), "done");
}

TEST_P(StoreContract, AnswerThatTwoOrdersShareStaysUntilTheLastIsWithdrawn) {
  for (const char* order : {"o1", "o2"}) {
    ASSERT_EQ(outcome(store_->challenges().publish_challenge(sample_challenge("token", order))), "done");
  }
  ASSERT_EQ(outcome(store_->challenges().withdraw_challenges("o1")), "done");
  EXPECT_EQ(store_->challenges().find_challenge("token")->order_id, "o2");
  EXPECT_THAT(changes_after(0), ElementsAre("challenge token"));
  ASSERT_EQ(outcome(store_->challenges().withdraw_challenges("o2")), "done");
  EXPECT_THAT(changes_after(0), ElementsAre("challenge token gone"));
}

TEST_P(StoreContract, WithdrawnAnswersLeaveTheFeedWhenEveryMemberHasSeenThem) {
  for (const char* id : {"m1", "m2"}) {
    MemberRecord member = sample_member(id);
    member.applied_seq = 0;
    ASSERT_EQ(outcome(store_->members().put_member(member, note("member.join"))), "done");
  }
  ASSERT_EQ(outcome(store_->challenges().publish_challenge(sample_challenge("token", "o"))), "done");
  ASSERT_EQ(outcome(store_->challenges().withdraw_challenges("o")), "done");
  ASSERT_EQ(outcome(store_->members().report_applied("m1", head(), clock_.now())), "done");
  EXPECT_THAT(changes_after(0), ElementsAre("challenge token gone"));
  ASSERT_EQ(outcome(store_->members().report_applied("m2", head(), clock_.now())), "done");
  EXPECT_THAT(changes_after(0), IsEmpty());
}

TEST_P(StoreContract, WaitingEndsWithTheChange) {
  std::thread writer([&] { activate(add_set("a"), 1); });
  const std::int64_t seq =
      store_->feed().wait_for_change(0, Deadline::after(std::chrono::minutes(1))).value();
  EXPECT_EQ(seq, 1);
  EXPECT_THAT(changes_after(0), ElementsAre("set id-a"));
  writer.join();
}

TEST_P(StoreContract, WaitingForWhatHasHappenedReturnsAtOnceAlsoAfterARestart) {
  activate(add_set("a"), 1);
  reopen();
  EXPECT_EQ(store_->feed().wait_for_change(0, Deadline::never()).value(), 1);
}

TEST_P(StoreContract, WaitingInVainEndsAtTheDeadline) {
  EXPECT_EQ(store_->feed().wait_for_change(0, Deadline::after(std::chrono::milliseconds(5))).value(), 0);
}

TEST_P(StoreContract, ReaderThatFollowsTheFeedMissesNoChangeOfManyWriters) {
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  std::vector<std::thread> writers;
  for (int t = 0; t < kThreads; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string token = std::to_string(t) + "-" + std::to_string(i);
        EXPECT_EQ(outcome(store_->challenges().publish_challenge(sample_challenge(token, token))), "done");
      }
    });
  }
  std::set<std::string> seen;
  std::int64_t since = 0;
  while (seen.size() < std::size_t{kThreads} * kEach) {
    const std::int64_t reached =
        store_->feed().wait_for_change(since, Deadline::after(std::chrono::minutes(1))).value();
    ASSERT_GT(reached, since) << "the feed stood still with " << seen.size() << " changes seen";
    const auto changes = store_->feed().changes_after(since, 7).value();
    for (const FeedChange& change : changes) {
      ASSERT_GT(change.seq, since);
      since = change.seq;
      EXPECT_TRUE(seen.insert(change.object).second) << change.object << " came twice";
    }
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(since, kThreads * kEach);
}

TEST_P(StoreContract, EveryAuditedChangeIsOneRecordOfTheChain) {
  CredentialSet set = add_set("a");
  activate(set, 1);
  ASSERT_EQ(outcome(store_->audit().add_audit(note("login.refused"))), "done");
  EXPECT_THAT(audited(), ElementsAre("set.create", "version.activate", "login.refused"));
  const auto records = store_->audit().audit_after(1, 1).value();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].number, 2);
  EXPECT_EQ(records[0].at, clock_.now());
  EXPECT_EQ(records[0].note.actor, "uid:1000");
  EXPECT_EQ(records[0].note.object, "thing");
  EXPECT_EQ(records[0].note.detail, "said \"so\"\n");
  EXPECT_EQ(records[0].hash.size(), 64U);
  reopen();
  EXPECT_EQ(store_->audit().verify_audit().value(), 3);
}

TEST_P(StoreContract, RefusedChangeLeavesNoAuditRecord) {
  CredentialSet set = add_set("a");
  set.revision = 99;
  EXPECT_EQ(outcome(store_->credentials().update_set(set, note("set.update"))), "conflict");
  EXPECT_EQ(outcome(store_->credentials().delete_set("none", note("set.delete"))), "not-found");
  EXPECT_THAT(audited(), ElementsAre("set.create"));
}

TEST_P(StoreContract, ChainOfManyThreadsHoldsTogether) {
  std::vector<std::thread> writers;
  for (int t = 0; t < 8; ++t) {
    writers.emplace_back([&] {
      for (int i = 0; i < 200; ++i) EXPECT_EQ(outcome(store_->audit().add_audit(note("n"))), "done");
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(store_->audit().verify_audit().value(), 1600);
}

TEST_P(StoreContract, FailingOperationSpoilsNoOtherThatCommitsWithIt) {
  add_set("taken");
  std::vector<std::thread> writers;
  std::atomic<int> refused = 0;
  for (int t = 0; t < 8; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        CredentialSet clash = sample_set("taken");
        clash.id = std::to_string(t) + "/" + std::to_string(i);
        if (!store_->credentials().create_set(clash, note("set.create"))) ++refused;
        add_set(std::to_string(t) + "-" + std::to_string(i));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(refused, 160);
  EXPECT_EQ(store_->credentials().list_sets("", 1000)->size(), 161U);
  EXPECT_EQ(store_->audit().verify_audit().value(), 161);
}

TEST_P(StoreContract, JobIsClaimedByOneOfManyWorkers) {
  for (int i = 0; i < 40; ++i) {
    ASSERT_EQ(outcome(store_->jobs().add_job(sample_job(std::to_string(i), std::to_string(i)))), "done");
  }
  std::atomic<int> claimed = 0;
  std::vector<std::thread> workers;
  for (int t = 0; t < 6; ++t) {
    workers.emplace_back([&] {
      const Instant now = clock_.now();
      while (store_->jobs().claim_job("w", now, now + std::chrono::hours(1)).value()) ++claimed;
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(claimed, 40);
}

}  // namespace
}  // namespace certstead

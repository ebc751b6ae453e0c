// Jobs with their leases and fences, and orders.
#include "contract/store_contract.h"

namespace certstead {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> lines(const std::vector<JobProgress>& progress) {
  std::vector<std::string> out;
  for (const auto& line : progress) out.push_back(std::to_string(line.number) + " " + line.text);
  return out;
}

TEST_P(StoreContract, JobComesBackAsItWasStored) {
  Job job = sample_job("j", "s");
  job.again = "fresh-key", job.again_at = clock_.now();
  ASSERT_EQ(store_->jobs().add_job(job).value(), "j");
  reopen();
  EXPECT_EQ(dump(store_->jobs().find_job("j").value()), dump(job));
  EXPECT_EQ(outcome(store_->jobs().find_job("none")), "not-found");
}

TEST_P(StoreContract, SecondJobOfTheSameKindAndSetJoinsTheFirst) {
  const Instant now = clock_.now();
  const auto add = [&](const char* id, JobKind kind, const char* set, Instant run_at) {
    Job job = sample_job(id, set);
    job.kind = kind, job.run_at = run_at;
    return store_->jobs().add_job(job).value();
  };
  EXPECT_EQ(add("first", JobKind::kIssue, "s", now), "first");
  EXPECT_EQ(add("later", JobKind::kIssue, "s", now + minutes(1)), "first");
  EXPECT_EQ(store_->jobs().find_job("first")->run_at, now);
  EXPECT_EQ(add("sooner", JobKind::kIssue, "s", now - minutes(1)), "first");
  EXPECT_EQ(store_->jobs().find_job("first")->run_at, now - minutes(1));
  EXPECT_EQ(add("other-kind", JobKind::kRevoke, "s", now), "other-kind");
  EXPECT_EQ(add("other-set", JobKind::kIssue, "t", now), "other-set");
}

TEST_P(StoreContract, QueuedJobTakesTheStrongerArgument) {
  Job job = sample_job("j", "s");
  for (const auto& [asked, kept] : {std::pair("", ""),
                                    {"forced", "forced"},
                                    {"", "forced"},
                                    {"fresh-key", "fresh-key"},
                                    {"forced", "fresh-key"}}) {
    job.argument = asked;
    ASSERT_EQ(store_->jobs().add_job(job).value(), "j");
    EXPECT_EQ(store_->jobs().find_job("j")->argument, kept) << asked;
  }
}

TEST_P(StoreContract, RunningJobIsFollowedByARunForWhatWasAskedMeanwhile) {
  Job running = run_job("s");
  Job asked = sample_job("second", "s");
  asked.run_at = clock_.now();
  for (const char* argument : {"forced", "fresh-key", "forced"}) {
    asked.argument = argument;
    ASSERT_EQ(store_->jobs().add_job(asked).value(), running.id);
  }
  EXPECT_EQ(store_->jobs().find_job(running.id)->argument, running.argument);
  EXPECT_FALSE(store_->jobs().claim_job("w", clock_.now(), clock_.now() + minutes(1)).value());
  reopen();
  running.status = JobStatus::kDone, running.attempts = 2;
  ASSERT_EQ(outcome(store_->jobs().finish_run(running)), "done");
  const auto next = store_->jobs().claim_job("w", clock_.now(), clock_.now() + minutes(1)).value();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->id, running.id);
  EXPECT_EQ(next->argument, "fresh-key");
  EXPECT_EQ(next->attempts, 0);
  EXPECT_GT(next->created, clock_.now());
  EXPECT_FALSE(next->finished);
  EXPECT_FALSE(next->again);
  Job last = *next;
  last.status = JobStatus::kDone;
  ASSERT_EQ(outcome(store_->jobs().finish_run(last)), "done");
  EXPECT_EQ(store_->jobs().find_job(running.id)->status, JobStatus::kDone);
}

TEST_P(StoreContract, RunThatHasToWaitGoesOnWithWhatWasAskedMeanwhile) {
  Job running = run_job("s");
  Job asked = sample_job("second", "s");
  asked.argument = "fresh-key", asked.run_at = clock_.now();
  ASSERT_EQ(store_->jobs().add_job(asked).value(), running.id);
  running.status = JobStatus::kQueued, running.attempts = 1, running.run_at = clock_.now() + minutes(9);
  ASSERT_EQ(outcome(store_->jobs().finish_run(running)), "done");
  const auto next = store_->jobs().claim_job("w", clock_.now(), clock_.now() + minutes(1)).value();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->argument, "fresh-key");
  EXPECT_EQ(next->attempts, 1);
  EXPECT_EQ(next->created, running.created);
}

TEST_P(StoreContract, RunWhoseWorkerDiedIsTakenUpWithWhatWasAskedMeanwhile) {
  const Job running = run_job("s");
  Job asked = sample_job("second", "s");
  asked.argument = "fresh-key";
  ASSERT_EQ(store_->jobs().add_job(asked).value(), running.id);
  ASSERT_EQ(outcome(store_->jobs().release_leases("nobody")), "done");
  const auto next = store_->jobs().claim_job("w", clock_.now(), clock_.now() + minutes(1)).value();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->argument, "fresh-key");
  EXPECT_FALSE(next->again);
}

TEST_P(StoreContract, RevocationsThatJoinNameAllVersionsOfBoth) {
  Job job = sample_job("j", "s");
  job.kind = JobKind::kRevoke;
  for (const char* argument : {"1 replace a b", "4 leave-empty b c"}) {
    job.argument = argument;
    ASSERT_EQ(store_->jobs().add_job(job).value(), "j");
  }
  EXPECT_EQ(store_->jobs().find_job("j")->argument, "1 leave-empty a b c");
}

TEST_P(StoreContract, JobsThatFinishedLongAgoAreForgottenWithTheirProgress) {
  auto& jobs = store_->jobs();
  Job queued = sample_job("queued", "q");
  queued.argument.clear();
  const auto finish = [&](const char* set, int days_ago) {
    Job job = run_job(set);
    job.status = JobStatus::kDone;
    job.finished = clock_.now() - std::chrono::hours(24 * days_ago);
    EXPECT_EQ(outcome(jobs.add_progress(job.id, clock_.now(), "line")), "done");
    EXPECT_EQ(outcome(jobs.finish_run(job)), "done");
    return job.id;
  };
  const std::string oldest = finish("a", 40), old = finish("b", 31), fresh = finish("c", 29);
  const Job running = run_job("r");
  ASSERT_EQ(outcome(jobs.add_job(queued)), "done");
  const std::int64_t feed = head();
  const std::size_t notes = audited().size();
  const Instant before = clock_.now() - std::chrono::hours(24 * 30);
  EXPECT_EQ(jobs.prune_jobs(before, 1).value(), 1U);
  EXPECT_EQ(outcome(jobs.find_job(oldest)), "not-found");
  EXPECT_THAT(jobs.progress_after(oldest, 0).value(), IsEmpty());
  EXPECT_EQ(jobs.prune_jobs(before, 10).value(), 1U);
  EXPECT_EQ(jobs.prune_jobs(before, 10).value(), 0U);
  EXPECT_EQ(outcome(jobs.find_job(old)), "not-found");
  for (const std::string& kept : {fresh, running.id, std::string("queued")})
    EXPECT_EQ(outcome(jobs.find_job(kept)), "done") << kept;
  EXPECT_THAT(lines(jobs.progress_after(fresh, 0).value()), ElementsAre("1 line"));
  EXPECT_EQ(head(), feed);
  EXPECT_EQ(audited().size(), notes);
}

TEST_P(StoreContract, RunningJobTakesNewRequestsInAndAFinishedOneDoesNot) {
  Job job = run_job("s");
  Job second = sample_job("second", "s");
  second.argument.clear();
  EXPECT_EQ(store_->jobs().add_job(second).value(), job.id);
  job.status = JobStatus::kDone;
  ASSERT_EQ(outcome(store_->jobs().finish_run(job)), "done");
  EXPECT_EQ(store_->jobs().add_job(second).value(), "second");
}

TEST_P(StoreContract, MostOverdueJobIsClaimedFirstWithANewFence) {
  const Instant now = clock_.now();
  for (const auto& [id, late] : {std::pair("b", 1), {"a", 5}, {"future", -1}}) {
    Job job = sample_job(id, id);
    job.run_at = now - seconds(late);
    ASSERT_EQ(outcome(store_->jobs().add_job(job)), "done");
  }
  const auto claim = [&] { return store_->jobs().claim_job("w", now, now + minutes(1)).value(); };
  const auto first = claim();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->id, "a");
  EXPECT_EQ(first->status, JobStatus::kRunning);
  EXPECT_EQ(first->owner, "w");
  EXPECT_EQ(first->fence, 1);
  EXPECT_EQ(first->attempts, 0);
  EXPECT_EQ(first->lease_until, now + minutes(1));
  EXPECT_EQ(dump(store_->jobs().find_job("a").value()), dump(*first));
  EXPECT_EQ(claim()->id, "b");
  EXPECT_FALSE(claim());
}

TEST_P(StoreContract, RunOutLeaseIsClaimedBySomebodyElseAndFencesTheFirst) {
  Job first = run_job("s");
  auto& jobs = store_->jobs();
  clock_.advance(minutes(5));
  const auto second = jobs.claim_job("other", clock_.now(), clock_.now() + minutes(5)).value();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->id, first.id);
  EXPECT_EQ(second->fence, first.fence + 1);
  EXPECT_EQ(jobs.extend_lease(first.id, first.fence, clock_.now()).error().id, "stale-fence");
  first.status = JobStatus::kDone;
  EXPECT_EQ(jobs.finish_run(first).error().id, "stale-fence");
  EXPECT_EQ(jobs.find_job(first.id)->owner, "other");
}

TEST_P(StoreContract, ExtendedLeaseIsNotClaimed) {
  const Job job = run_job("s");
  auto& jobs = store_->jobs();
  ASSERT_EQ(outcome(jobs.extend_lease(job.id, job.fence, clock_.now() + minutes(9))), "done");
  clock_.advance(minutes(6));
  EXPECT_FALSE(jobs.claim_job("other", clock_.now(), clock_.now() + minutes(1)).value());
}

TEST_P(StoreContract, RunEndsQueuedAgainWithItsError) {
  Job job = run_job("s");
  job.status = JobStatus::kQueued;
  job.run_at = clock_.now() + minutes(2);
  job.attempts = 3;
  job.last_error = "the CA is away", job.last_error_id = "away";
  ASSERT_EQ(outcome(store_->jobs().finish_run(job)), "done");
  const Job stored = store_->jobs().find_job(job.id).value();
  EXPECT_EQ(stored.status, JobStatus::kQueued);
  EXPECT_EQ(stored.run_at, job.run_at);
  EXPECT_EQ(stored.last_error, "the CA is away");
  EXPECT_EQ(stored.last_error_id, "away");
  EXPECT_EQ(stored.attempts, 3);
  EXPECT_EQ(stored.owner, "");
  EXPECT_FALSE(stored.lease_until);
  EXPECT_FALSE(stored.finished);
  EXPECT_EQ(outcome(store_->jobs().finish_run(job)), "conflict");
}

TEST_P(StoreContract, RunEndsForGood) {
  Job job = run_job("s");
  job.status = JobStatus::kRunning;
  EXPECT_EQ(outcome(store_->jobs().finish_run(job)), "invalid");
  job.status = JobStatus::kFailed;
  ASSERT_EQ(outcome(store_->jobs().finish_run(job)), "done");
  EXPECT_EQ(store_->jobs().find_job(job.id)->finished, clock_.now());
  EXPECT_FALSE(store_->jobs().claim_job("w", clock_.now() + minutes(99), clock_.now()).value());
}

TEST_P(StoreContract, LeasesOfOtherOwnersGoBackToTheQueue) {
  const Job lost = run_job("s");
  Job mine = sample_job("mine", "t");
  ASSERT_EQ(outcome(store_->jobs().add_job(mine)), "done");
  mine = store_->jobs().claim_job("me", clock_.now(), clock_.now() + minutes(5)).value().value();
  ASSERT_EQ(outcome(store_->jobs().release_leases("me")), "done");
  EXPECT_EQ(store_->jobs().find_job(lost.id)->status, JobStatus::kQueued);
  EXPECT_EQ(store_->jobs().find_job("mine")->status, JobStatus::kRunning);
  EXPECT_EQ(outcome(store_->jobs().extend_lease(lost.id, lost.fence, clock_.now())), "conflict");
}

TEST_P(StoreContract, NextDueIsTheEarliestQueuedJob) {
  EXPECT_FALSE(store_->jobs().next_due().value());
  for (const int offset : {7, 3, 5}) {
    Job job = sample_job(std::to_string(offset), std::to_string(offset));
    job.run_at = clock_.now() + seconds(offset);
    ASSERT_EQ(outcome(store_->jobs().add_job(job)), "done");
  }
  EXPECT_EQ(store_->jobs().next_due().value(), clock_.now() + seconds(3));
}

TEST_P(StoreContract, JobsAreListedNewestFirst) {
  for (const int age : {3, 1, 2}) {
    Job job = sample_job(std::to_string(age), std::to_string(age));
    job.created = clock_.now() - seconds(age);
    ASSERT_EQ(outcome(store_->jobs().add_job(job)), "done");
  }
  EXPECT_THAT(ids_of(store_->jobs().list_jobs(2).value()), ElementsAre("1", "2"));
}

TEST_P(StoreContract, ProgressIsNumberedWithinItsJob) {
  auto& jobs = store_->jobs();
  for (const char* text : {"one", "two", "three"}) {
    ASSERT_EQ(outcome(jobs.add_progress("j", clock_.now(), text)), "done");
  }
  ASSERT_EQ(outcome(jobs.add_progress("k", clock_.now(), "other")), "done");
  EXPECT_THAT(lines(jobs.progress_after("j", 1).value()), ElementsAre("2 two", "3 three"));
  EXPECT_THAT(lines(jobs.progress_after("k", 0).value()), ElementsAre("1 other"));
  EXPECT_EQ(jobs.progress_after("k", 0)->at(0).at, clock_.now());
}

TEST_P(StoreContract, OrderComesBackAsItWasStored) {
  const Order order = add_order(run_job("s"), "o");
  reopen();
  EXPECT_EQ(dump(store_->orders().orders_of_set("s")->at(0)), dump(order));
  EXPECT_EQ(dump(store_->orders().all_orders()->at(0)), dump(order));
  EXPECT_THAT(store_->orders().orders_of_set("t").value(), IsEmpty());
}

TEST_P(StoreContract, EmptyOrderComesBackToo) {
  Order order;
  order.id = "bare", order.set_id = "s";
  ASSERT_EQ(outcome(store_->orders().create_order(order, 0)), "done");
  EXPECT_EQ(dump(store_->orders().orders_of_set("s")->at(0)), dump(order));
}

TEST_P(StoreContract, OrderIsCreatedOnceAndUnderTheFenceOnly) {
  const Job job = run_job("s");
  const Order order = add_order(job, "o");
  EXPECT_EQ(store_->orders().create_order(order, job.fence).error().id, "taken");
  const Order late = sample_order("late", "s", job.id);
  EXPECT_EQ(store_->orders().create_order(late, job.fence + 1).error().id, "stale-fence");
  EXPECT_EQ(store_->orders().create_order(sample_order("x", "s", "no-job"), 1).error().id, "stale-fence");
  EXPECT_EQ(store_->orders().all_orders()->size(), 1U);
}

TEST_P(StoreContract, StepStoresTheOrderAndItsLineOfProgress) {
  const Job job = run_job("s");
  Order order = add_order(job, "o");
  order.status = AcmeStatus::kValid;
  order.chain.clear();
  order.not_before.reset();
  order.authorizations[1].challenge.reset();
  const std::int64_t before = head();
  ASSERT_EQ(outcome(store_->orders().record_step(order, job.fence, "it is valid")), "done");
  ASSERT_EQ(outcome(store_->orders().record_step(order, job.fence, "")), "done");
  EXPECT_EQ(dump(store_->orders().orders_of_set("s")->at(0)), dump(order));
  EXPECT_THAT(lines(store_->jobs().progress_after(job.id, 0).value()), ElementsAre("1 it is valid"));
  EXPECT_EQ(head(), before);
  EXPECT_THAT(audited(), IsEmpty());
}

TEST_P(StoreContract, StepUnderAStaleFenceLeavesNothing) {
  const Job job = run_job("s");
  Order order = add_order(job, "o");
  const std::string before = dump(order);
  clock_.advance(minutes(6));
  ASSERT_TRUE(store_->jobs().claim_job("other", clock_.now(), clock_.now() + minutes(1)).value());
  order.error = "late";
  EXPECT_EQ(store_->orders().record_step(order, job.fence, "late").error().id, "stale-fence");
  EXPECT_EQ(dump(store_->orders().orders_of_set("s")->at(0)), before);
  EXPECT_THAT(store_->jobs().progress_after(job.id, 0).value(), IsEmpty());
}

TEST_P(StoreContract, StepOfAnUnknownOrderIsNotFound) {
  EXPECT_EQ(outcome(store_->orders().record_step(sample_order("none", "s", ""), 0, "x")), "not-found");
}

TEST_P(StoreContract, RemovedOrderTakesItsAnswersAlong) {
  add_order(run_job("s"), "o");
  ASSERT_EQ(outcome(store_->challenges().publish_challenge(sample_challenge("token", "o"))), "done");
  const std::int64_t before = head();
  ASSERT_EQ(outcome(store_->orders().remove_order("o")), "done");
  EXPECT_THAT(store_->orders().all_orders().value(), IsEmpty());
  EXPECT_THAT(store_->challenges().list_challenges().value(), IsEmpty());
  EXPECT_THAT(changes_after(before), ElementsAre("challenge token gone"));
  EXPECT_EQ(outcome(store_->orders().remove_order("o")), "done");
}

}  // namespace
}  // namespace certstead

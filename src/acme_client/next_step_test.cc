#include "acme_client/next_step.h"

#include <gtest/gtest.h>

namespace certstead {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Instant kNow = from_unix_seconds(1'800'000'000);

Authorization unfetched(const std::string& id) {
  Authorization one;
  one.url = "https://ca.test/authz/" + id;
  return one;
}

Order placed(AcmeStatus status = AcmeStatus::kPending) {
  Order order;
  order.id = "o1";
  order.names = {HostPattern::parse("a.example.test").value()};
  order.url = "https://ca.test/order/1";
  order.finalize_url = "https://ca.test/finalize/1";
  order.status = status;
  order.authorizations = {unfetched("1")};
  order.created = kNow;
  return order;
}

Authorization authorization(const std::string& name, AcmeStatus status = AcmeStatus::kPending) {
  Authorization one = unfetched(name);
  one.identifier = name;
  one.status = status;
  if (status == AcmeStatus::kPending)
    one.challenge = ChosenChallenge{"http-01", "https://ca.test/c", "tok", "tok.x"};
  return one;
}

std::string next(const Order& order) { return std::string(step_name(next_step(order, kNow))); }

Error give_up(const Order& order) {
  const Step step = next_step(order, kNow);
  const auto* end = std::get_if<GiveUp>(&step);
  EXPECT_NE(end, nullptr) << step_name(step);
  return end == nullptr ? Error{} : end->error;
}

TEST(NextStep, PlansBeforeTheCaHearsOfTheOrder) {
  Order order;
  EXPECT_EQ(next(order), "plan-challenges");
  order.planned = true;
  EXPECT_EQ(next(order), "create-order");
}

TEST(NextStep, ChecksThatTheDnsShowsARecordWhateverTheSelfCheckIs) {
  Order order = placed();
  order.self_check = false;
  order.authorizations = {authorization("a.test"), authorization("b.test")};
  order.authorizations[0].challenge->type = "dns-01";
  for (Authorization& one : order.authorizations) one.challenge->published = true;
  EXPECT_EQ(next(order), "check-propagation");
  order.not_before = kNow + seconds{5};
  EXPECT_EQ(next(order), "wait");
  order.not_before.reset();
  order.authorizations[0].challenge->checked = true;
  EXPECT_EQ(next(order), "answer-challenge");
  order.self_check = true;
  EXPECT_EQ(next(order), "self-check");
}

TEST(NextStep, CreatesAgainWhenTheAnswerWasLostButNotForEver) {
  Order order;
  order.planned = true;
  order.step_begun = "create-order";
  order.create_attempts = kMaxCreateAttempts - 1;
  EXPECT_EQ(next(order), "create-order");
  order.create_attempts = kMaxCreateAttempts;
  EXPECT_EQ(give_up(order).id, "order-lost");
  order.step_begun.clear();  // the CA answered each time: that is bounded by the back-off alone
  EXPECT_EQ(next(order), "create-order");
}

TEST(NextStep, WalksThroughTheWholeLifeOfAnOrder) {
  Order order = placed();
  std::vector<std::string> steps;
  const auto take = [&] { steps.push_back(next(order)); };
  take();
  order.authorizations[0] = authorization("a.example.test");
  take();
  order.authorizations[0].challenge->published = true;
  take();
  order.authorizations[0].challenge->checked = true;
  take();
  order.authorizations[0].challenge->answered = true;
  take();
  order.csr = {1};
  take();
  order.authorizations[0].status = AcmeStatus::kValid;
  take();
  order.finalize_sent = true;
  order.status = AcmeStatus::kProcessing;
  take();
  order.status = AcmeStatus::kValid;
  order.certificate_url = "https://ca.test/cert/1";
  take();
  order.chain = {{1}};
  take();
  order.chain_accepted = true;
  take();
  const std::vector<std::string> want = {"fetch-authorization",
                                         "publish-challenge",
                                         "self-check",
                                         "answer-challenge",
                                         "make-key",
                                         "poll-authorization",
                                         "finalize",
                                         "poll-order",
                                         "download",
                                         "accept-chain",
                                         "complete"};
  EXPECT_EQ(steps, want);
}

TEST(NextStep, TakesEveryAuthorizationThroughAStageBeforeTheNextStage) {
  Order order = placed();
  order.self_check = false;
  order.authorizations = {authorization("a.test"), unfetched("b")};
  EXPECT_EQ(next(order), "fetch-authorization");
  order.authorizations[1] = authorization("b.test");
  EXPECT_EQ(next(order), "publish-challenge");
  order.authorizations[0].challenge->published = true;
  EXPECT_EQ(std::get<PublishChallenge>(next_step(order, kNow)).index, 1U);
  order.authorizations[1].challenge->published = true;
  EXPECT_EQ(std::get<AnswerChallenge>(next_step(order, kNow)).index, 0U);
  order.authorizations[0].challenge->answered = true;
  EXPECT_EQ(std::get<AnswerChallenge>(next_step(order, kNow)).index, 1U);
}

TEST(NextStep, DoesNotChallengeWhatIsValidAlready) {
  Order order = placed();
  order.authorizations = {authorization("a.test", AcmeStatus::kValid),
                          authorization("b.test", AcmeStatus::kValid)};
  EXPECT_EQ(next(order), "make-key");
  order.csr = {1};
  EXPECT_EQ(next(order), "finalize");
}

TEST(NextStep, SkipsTheAuthorizationsOfAReadyOrder) {
  Order order = placed(AcmeStatus::kReady);
  EXPECT_EQ(next(order), "make-key");
  order.csr = {1};
  EXPECT_EQ(next(order), "finalize");
}

TEST(NextStep, ChecksNothingThatTheCaIsLookingAtAlready) {
  Order order = placed();
  order.authorizations = {authorization("a.test")};
  order.authorizations[0].challenge->answered = true;
  EXPECT_EQ(next(order), "publish-challenge");
  order.authorizations[0].challenge->published = true;
  EXPECT_EQ(next(order), "make-key");
}

TEST(NextStep, PollsAnOrderThatIsProcessing) {
  EXPECT_EQ(next(placed(AcmeStatus::kProcessing)), "poll-order");
  EXPECT_EQ(next(placed(AcmeStatus::kNone)), "poll-order");
  EXPECT_EQ(next(placed(AcmeStatus::kValid)), "poll-order");  // valid, and no certificate URL yet
}

TEST(NextStep, PollsAnOrderWithoutAuthorizations) {
  Order order = placed();
  order.authorizations.clear();
  EXPECT_EQ(next(order), "poll-order");
}

TEST(NextStep, AsksForTheStateFirstWhenTheFinalizingIsInDoubt) {
  Order order = placed(AcmeStatus::kReady);
  order.csr = {1};
  order.step_begun = "finalize";
  EXPECT_EQ(next(order), "poll-order");
  order.status = AcmeStatus::kPending;
  EXPECT_EQ(next(order), "poll-order");
  order.step_begun = "answer-challenge";
  order.status = AcmeStatus::kReady;
  EXPECT_EQ(next(order), "finalize");
}

TEST(NextStep, FinalizesAgainOnlyAfterTheCaCalledItReady) {
  Order order = placed();
  order.authorizations = {authorization("a.test", AcmeStatus::kValid)};
  order.csr = {1};
  order.finalize_sent = true;
  EXPECT_EQ(next(order), "poll-order");
  order.status = AcmeStatus::kReady;
  EXPECT_EQ(next(order), "finalize");
}

TEST(NextStep, WaitsBeforeItTalksToTheCaButNotBeforeOwnWork) {
  Order order = placed();
  order.authorizations = {authorization("a.test")};
  *order.authorizations[0].challenge = {"http-01", "u", "tok", "tok.x", true, true, true};
  order.not_before = kNow + seconds{5};
  EXPECT_EQ(next(order), "make-key");
  order.csr = {1};
  const Step step = next_step(order, kNow);
  ASSERT_EQ(step_name(step), "wait");
  EXPECT_EQ(std::get<WaitUntil>(step).at, kNow + seconds{5});
  EXPECT_EQ(step_name(next_step(order, kNow + seconds{5})), "poll-authorization");
}

TEST(NextStep, GivesUpWithTheRecordedReason) {
  Order order = placed();
  order.error = "the CA could not reach a.test";
  order.error_id = "acme-connection";
  order.error_retry_after = kNow + minutes{2};
  const Error error = give_up(order);
  EXPECT_EQ(error.detail, order.error);
  EXPECT_EQ(error.id, "acme-connection");
  EXPECT_EQ(error.retry_after, seconds{120});
}

TEST(NextStep, GivesUpOnStatesThatLeadNowhere) {
  for (const AcmeStatus status :
       {AcmeStatus::kInvalid, AcmeStatus::kDeactivated, AcmeStatus::kExpired, AcmeStatus::kRevoked}) {
    EXPECT_EQ(give_up(placed(status)).id, "order-invalid") << acme_status_name(status);
    Order order = placed();
    order.authorizations = {authorization("a.test", status)};
    EXPECT_EQ(give_up(order).id, "authorization-invalid") << acme_status_name(status);
    EXPECT_NE(give_up(order).detail.find("a.test"), std::string::npos);
  }
}

TEST(NextStep, GivesUpWithoutAChallengeToMeet) {
  Order order = placed();
  order.authorizations = {authorization("a.test")};
  order.authorizations[0].challenge.reset();
  EXPECT_EQ(give_up(order).id, "no-http-01");
}

TEST(NextStep, DoesNotPollForEver) {
  Order order = placed(AcmeStatus::kProcessing);
  order.polls = kMaxOrderPolls - 1;
  EXPECT_EQ(next(order), "poll-order");
  order.polls = kMaxOrderPolls;
  EXPECT_EQ(give_up(order).id, "order-stuck");
  order.status = AcmeStatus::kReady;  // a CA that says "ready" and "not ready" in turn
  order.csr = {1};
  order.finalize_sent = true;
  EXPECT_EQ(give_up(order).id, "order-stuck");

  order = placed();
  order.csr = {1};
  order.authorizations = {authorization("a.test")};
  *order.authorizations[0].challenge = {"http-01", "u", "tok", "tok.x", true, true, true};
  order.polls = kMaxChallengePolls - 1;
  EXPECT_EQ(next(order), "poll-authorization");
  order.polls = kMaxChallengePolls;
  EXPECT_EQ(give_up(order).id, "challenge-stuck");
}

TEST(NextStep, AnswersTheSameForTheSameArguments) {
  const Order order = placed();
  EXPECT_EQ(next(order), next(order));
}

TEST(PollPause, DoublesFromTenMillisecondsAndNeverShrinks) {
  EXPECT_EQ(poll_pause(0), Duration{10});
  EXPECT_EQ(poll_pause(1), Duration{20});
  EXPECT_EQ(poll_pause(8), Duration{2560});
  EXPECT_EQ(poll_pause(9), seconds{5});
  for (int polls = 0; polls < kMaxOrderPolls; ++polls)
    EXPECT_LE(poll_pause(polls), poll_pause(polls + 1)) << polls;
}

TEST(PollPause, LeavesACaAQuarterOfAnHourForAChallengeAndADayForAnOrder) {
  const auto sum = [](int polls) {
    Duration total{0};
    for (int i = 0; i < polls; ++i) total += poll_pause(i);
    return total;
  };
  EXPECT_GT(sum(kMaxChallengePolls), minutes{13});
  EXPECT_LT(sum(kMaxChallengePolls), minutes{20});
  EXPECT_GT(sum(kMaxOrderPolls), std::chrono::hours{24});
  EXPECT_LT(sum(kMaxOrderPolls), std::chrono::hours{30});
}

}  // namespace
}  // namespace certstead

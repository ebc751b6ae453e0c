// Orders from the first request to the chain, at a CA that is slow, odd or loses answers.
#include "acme_client/acme_test_bed.h"

namespace certstead {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

using AcmeOrderTest = AcmeTestBed;

TEST_F(AcmeOrderTest, GetsACertificateWithoutANeedlessRequest) {
  const auto order = issue();
  ASSERT_TRUE(order) << order.error().detail;
  EXPECT_EQ(order->chain.size(), 2U);
  const std::vector<std::string> want = {"GET /dir",         "HEAD /new-nonce",   "POST /new-order",
                                         "POST /authz/0",    "POST /challenge/0", "POST /authz/0",
                                         "POST /finalize/0", "POST /cert/0"};
  EXPECT_EQ(ca.requests, want);
  EXPECT_TRUE(order->step_begun.empty());
}

TEST_F(AcmeOrderTest, AsksForNeitherDirectoryNorNonceASecondTime) {
  ASSERT_TRUE(issue());
  ca.requests.clear();
  ASSERT_TRUE(issue({"b.example.test"}));
  EXPECT_EQ(ca.count("GET"), 0U);
  EXPECT_EQ(ca.count("HEAD"), 0U);
  EXPECT_EQ(ca.requests.size(), 6U);
}

TEST_F(AcmeOrderTest, MakesTheKeyBeforeItFinalizes) {
  ASSERT_TRUE(issue());
  const auto at = [&](std::string_view step) {
    return std::find(runner.steps.begin(), runner.steps.end(), step) - runner.steps.begin();
  };
  EXPECT_LT(at("make-key"), at("finalize"));
  EXPECT_LT(at("answer-challenge"), at("make-key"));  // while the CA looks
}

TEST_F(AcmeOrderTest, AnswersAllChallengesBeforeItPollsAny) {
  ca.polls_until_verdict = 1;
  ASSERT_TRUE(issue({"a.example.test", "b.example.test", "c.example.test"}));
  EXPECT_EQ(ca.answered.size(), 3U);
  const auto first_poll = std::find(runner.steps.begin(), runner.steps.end(), "poll-authorization");
  EXPECT_EQ(std::count(runner.steps.begin(), first_poll, "answer-challenge"), 3);
}

TEST_F(AcmeOrderTest, NeverChallengesWhatIsValidAlready) {
  ca.authorization_status = "valid";
  const auto order = issue({"a.example.test", "b.example.test"});
  ASSERT_TRUE(order) << order.error().detail;
  EXPECT_TRUE(ca.answered.empty());
  EXPECT_EQ(ca.count("POST /authz"), 0U);  // the order was ready at once
}

TEST_F(AcmeOrderTest, TakesReusedAuthorizationsInAPendingOrder) {
  ca.authorization_status = "valid";
  ca.change = [](const std::string& request, HttpResponse& response) {
    if (request != "POST /new-order") return;
    const std::size_t at = response.body.find("\"ready\"");
    if (at != std::string::npos) response.body.replace(at, 7, "\"pending\"");
  };
  ASSERT_TRUE(issue());
  EXPECT_TRUE(ca.answered.empty());
  EXPECT_EQ(ca.count("POST /authz/0"), 1U);
}

TEST_F(AcmeOrderTest, PollsWithGrowingPausesWhileTheCaIsAtWork) {
  ca.polls_until_verdict = 4;
  ca.polls_until_issued = 3;
  ASSERT_TRUE(issue());
  std::vector<Duration> pauses;
  Instant before = from_unix_seconds(1'800'000'000);
  for (const Instant at : runner.waits) {
    pauses.push_back(at - before);
    before = at;
  }
  const std::vector<Duration> want = {milliseconds{10}, milliseconds{20},  milliseconds{40},
                                      milliseconds{80}, milliseconds{160}, milliseconds{10},
                                      milliseconds{20}, milliseconds{40}};
  EXPECT_EQ(pauses, want);
}

TEST_F(AcmeOrderTest, ObeysRetryAfterInBothForms) {
  const Instant start = clock.now();
  ca.polls_until_verdict = 1;
  ca.polls_until_issued = 1;
  ca.change = [&](const std::string& request, HttpResponse& response) {
    if (request == "POST /authz/0") response.headers.set("Retry-After", "7");
    if (request == "POST /finalize/0")
      response.headers.set("Retry-After", to_http_date(clock.now() + seconds{90}));
  };
  ASSERT_TRUE(issue());
  EXPECT_GE(clock.now() - start, seconds{96});
  EXPECT_LE(clock.now() - start, seconds{99});
}

TEST_F(AcmeOrderTest, CutsARetryAfterOfAHundredYears) {
  ca.polls_until_issued = 1;
  ca.change = [](const std::string& request, HttpResponse& response) {
    if (request == "POST /finalize/0") response.headers.set("Retry-After", "3153600000000000000000");
  };
  const Instant start = clock.now();
  ASSERT_TRUE(issue());
  EXPECT_LE(clock.now() - start, minutes{61});
}

TEST_F(AcmeOrderTest, PollsAfterOrderNotReadyAndFinalizesThen) {
  int refusals = 0;
  ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (request != "POST /finalize/0" || ++refusals > 2) return std::nullopt;
    HttpResponse response = ca.problem(403, "orderNotReady");
    response.headers.add("Replay-Nonce", ca.fresh_nonce());
    return response;
  };
  const auto order = issue();
  ASSERT_TRUE(order) << order.error().detail;
  EXPECT_EQ(ca.count("POST /finalize/0"), 3U);
  EXPECT_EQ(ca.count("POST /order/0"), 2U);
}

TEST_F(AcmeOrderTest, PollsFirstWhenTheAnswerToFinalizingIsLost) {
  bool lost = false;
  ca.change = [&](const std::string& request, HttpResponse& response) {
    // The CA took it; a gateway in between lost the answer.
    if (request == "POST /finalize/0" && !std::exchange(lost, true))
      response = HttpResponse{502, {}, "bad gateway", {}};
  };
  const auto order = issue();
  ASSERT_TRUE(order) << order.error().detail;
  EXPECT_EQ(ca.count("POST /finalize/0"), 1U);
  EXPECT_EQ(ca.count("POST /order/0"), 1U);
}

TEST_F(AcmeOrderTest, GoesOnAfterACrashAtEveryStepWithTheSameOrder) {
  ca.polls_until_verdict = 1;
  ca.polls_until_issued = 1;
  ASSERT_TRUE(issue());
  const std::size_t steps = runner.steps.size();
  for (std::size_t crash = 1; crash <= steps; ++crash) {
    runner.steps.clear();
    const std::size_t orders = ca.orders_made();
    // What the store has when the process dies at step number `crash`: the order before it, with the step
    // begun.
    Order stored;
    runner.before = [&](const Order& order, const Step& step) {
      if (runner.steps.size() + 1 < crash) return true;
      stored = order;
      if (has_outside_effect(step)) stored.step_begun = std::string(step_name(step));
      return false;
    };
    ASSERT_TRUE(issue());
    runner.before = [](const Order&, const Step&) { return true; };
    const auto order = runner.run(stored);
    ASSERT_TRUE(order) << "crash before step " << crash << ": " << order.error().detail;
    EXPECT_EQ(ca.orders_made(), orders + 1) << "crash before step " << crash;
  }
}

TEST_F(AcmeOrderTest, GoesOnWhenAStepWasDoneAndItsOutcomeWasLost) {
  for (const char* doomed : {"answer-challenge", "finalize", "poll-order", "download"}) {
    ca.polls_until_issued = 1;
    bool crashed = false;
    runner.before = [&](const Order& order, const Step& step) {
      if (crashed || step_name(step) != doomed) return true;
      crashed = true;
      // Done at the CA, lost here.
      EXPECT_TRUE(acme.advance(order, step, access(), soon())) << doomed;
      return false;
    };
    ASSERT_TRUE(issue()) << doomed;
    Order stored = runner.last;
    stored.step_begun = doomed;
    ca.polls_until_issued = 0;
    const auto order = runner.run(stored);
    ASSERT_TRUE(order) << doomed << ": " << order.error().detail;
  }
}

TEST_F(AcmeOrderTest, LeavesOneStrayOrderWhenTheAnswerToCreatingWasLost) {
  ca.change = [&](const std::string& request, HttpResponse& response) {
    if (request == "POST /new-order" && ca.orders_made() == 1)
      response = HttpResponse{504, {}, "timed out", {}};
  };
  const auto first = issue();
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, Code::kUnavailable);
  const auto second = runner.run(runner.last);
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ(ca.orders_made(), 2U);
  EXPECT_EQ(second->create_attempts, 2);
}

TEST_F(AcmeOrderTest, SendsTheProfileOnlyIfTheCaHasIt) {
  const auto with_profile = [](Order& order) { order.profile = "shortlived"; };
  const auto without = issue({"a.example.test"}, with_profile);
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().id, "profile-unknown");
  EXPECT_EQ(ca.count("POST /new-order"), 0U);
  clock.advance(std::chrono::hours{2});  // the directory is read again
  ca.directory_extra = R"(,"meta":{"profiles":{"classic":"the usual","tlsserver":"lean"}})";
  const auto other = issue({"a.example.test"}, with_profile);
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().detail.find("classic, tlsserver"), std::string::npos) << other.error().detail;
  ASSERT_TRUE(issue({"a.example.test"}, [](Order& order) { order.profile = "tlsserver"; }));
  EXPECT_NE(ca.last_new_order.find(R"("profile":"tlsserver")"), std::string::npos);
}

TEST_F(AcmeOrderTest, NamesTheReplacedCertificateOnlyWhereRenewalInfoIsOffered) {
  const auto with_replaces = [](Order& order) { order.replaces = "aaaa.bbbb"; };
  ASSERT_TRUE(issue({"a.example.test"}, with_replaces));
  EXPECT_EQ(ca.last_new_order.find("replaces"), std::string::npos);
  clock.advance(std::chrono::hours{2});
  ca.offers_renewal_info = true;
  ASSERT_TRUE(issue({"a.example.test"}, with_replaces));
  EXPECT_NE(ca.last_new_order.find(R"("replaces":"aaaa.bbbb")"), std::string::npos);
}

TEST_F(AcmeOrderTest, OrdersWithoutReplacesWhenTheCaHasReplacedItAlready) {
  ca.offers_renewal_info = true;
  bool refused = false;
  ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (request != "POST /new-order" || std::exchange(refused, true)) return std::nullopt;
    HttpResponse response = ca.problem(409, "alreadyReplaced");
    response.headers.add("Replay-Nonce", ca.fresh_nonce());
    return response;
  };
  const auto order = issue({"a.example.test"}, [](Order& o) { o.replaces = "aaaa.bbbb"; });
  ASSERT_TRUE(order) << order.error().detail;
  EXPECT_TRUE(order->replaces.empty());
  EXPECT_EQ(ca.last_new_order.find("replaces"), std::string::npos);
  EXPECT_EQ(ca.orders_made(), 1U);
}

std::string top_issuer(const Order& order) {
  return Certificate::from_der(order.chain.back())->issuer_common_name();
}

TEST_F(AcmeOrderTest, TakesThePreferredChainOutOfTheAlternates) {
  ca.alternates = {"Other Root", "Old Root"};
  const auto order = issue({"a.example.test"}, [](Order& o) { o.preferred_chain = "Old Root"; });
  ASSERT_TRUE(order) << order.error().detail;
  EXPECT_EQ(top_issuer(*order), "Old Root");
}

TEST_F(AcmeOrderTest, LooksAtAlternatesOnlyIfItMust) {
  ca.alternates = {"Other Root"};
  ASSERT_TRUE(issue());
  ASSERT_TRUE(issue({"b.example.test"}, [](Order& o) { o.preferred_chain = "Stub Root"; }));
  EXPECT_EQ(ca.count("POST /cert/0/"), 0U);
  EXPECT_EQ(ca.count("POST /cert/1/"), 0U);
}

TEST_F(AcmeOrderTest, FallsBackToTheStandardChain) {
  ca.alternates = {"Other Root"};
  const auto unknown = issue({"a.example.test"}, [](Order& o) { o.preferred_chain = "Nobody's Root"; });
  ASSERT_TRUE(unknown) << unknown.error().detail;
  EXPECT_EQ(top_issuer(*unknown), "Stub Root");
  ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (request != "POST /cert/1/1") return std::nullopt;
    return HttpResponse{500, {}, "", {}};
  };
  const auto broken = issue({"a.example.test"}, [](Order& o) { o.preferred_chain = "Other Root"; });
  ASSERT_TRUE(broken) << broken.error().detail;
  EXPECT_EQ(top_issuer(*broken), "Stub Root");
}

TEST_F(AcmeOrderTest, TakesACertificateWithoutLocationAndWithoutType) {
  ca.change = [](const std::string& request, HttpResponse& response) {
    response.headers.remove(request.starts_with("POST /cert/") ? "Content-Type" : "X-Unused");
  };
  EXPECT_TRUE(issue());
}

}  // namespace
}  // namespace certstead

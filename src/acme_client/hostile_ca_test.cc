// Orders at a CA that refuses, lies or attacks.
#include "acme_client/acme_test_bed.h"
#include "acme_client/next_step.h"

namespace certstead {
namespace {

using std::chrono::seconds;

using HostileCaTest = AcmeTestBed;

bool one_line(const std::string& text) {
  return text.find_first_of(std::string("\n\r\x1b\0", 4)) == std::string::npos;
}
TEST_F(HostileCaTest, RefusesEveryTokenThatIsNoBase64Url) {
  const std::string nul("a\0b", 3);
  for (const std::string& token :
       {std::string("$(touch X)"), std::string("../../etc/x"), std::string("a/b"), nul,
        std::string("a\r\nSet-Cookie: x"), std::string(10'000, 'a'), std::string(129, 'a'), std::string(""),
        std::string("a b"), std::string("t\xc3\xa4")}) {
    ca.token = token;
    const auto order = issue();
    ASSERT_FALSE(order) << token.substr(0, 60);
    EXPECT_EQ(order.error().id, "bad-token");
    EXPECT_TRUE(one_line(order.error().detail)) << order.error().detail;
    EXPECT_LT(order.error().detail.size(), 400U);
  }
  EXPECT_TRUE(web.published.empty());
  EXPECT_TRUE(web.asked.empty());
  EXPECT_TRUE(ca.answered.empty());
}

TEST_F(HostileCaTest, MakesWhatTheCaSaysHarmless) {
  ca.instead = [](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (request != "POST /new-order") return std::nullopt;
    return HttpResponse{
        403,
        {{"Content-Type", "application/problem+json"}, {"Replay-Nonce", "AAAA"}},
        "{\"type\":\"urn:ietf:params:acme:error:rejectedIdentifier\",\"detail\":\"no\\r\\n\\u001b[31mred\","
        "\"subproblems\":[{\"identifier\":{\"type\":\"dns\",\"value\":\"a.example.test\\n\"},"
        "\"type\":\"urn:ietf:params:acme:error:caa\",\"detail\":\"CAA forbids it\"}]}",
        {}};
  };
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "acme-rejected-identifier");
  EXPECT_TRUE(one_line(order.error().detail)) << order.error().detail;
  EXPECT_NE(order.error().detail.find("a.example.test"), std::string::npos);
  EXPECT_NE(order.error().detail.find("CAA forbids it"), std::string::npos);
}

TEST_F(HostileCaTest, SaysWhatTheCaOffersWhenHttp01IsNotAmongIt) {
  ca.challenges =
      R"([{"type":"dns-01"},{"type":"tls-alpn-01"},{"type":"dns-persist-01","issuer-domain-names":[]}])";
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "no-http-01");
  EXPECT_NE(order.error().detail.find("dns-01, tls-alpn-01, dns-persist-01"), std::string::npos);
}

TEST_F(HostileCaTest, SaysThatHttp01CannotProveAWildcard) {
  const auto order = issue({"*.example.test"});
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "no-http-01");
  EXPECT_NE(order.error().detail.find("*.example.test"), std::string::npos);
  EXPECT_NE(order.error().detail.find("wildcard"), std::string::npos);
}

TEST_F(HostileCaTest, DoesNotObeyACaThatAsksForAnotherName) {
  ca.change = [](const std::string& request, HttpResponse& response) {
    if (request != "POST /authz/0") return;
    response.body.replace(response.body.find("a.example.test"), 14, "metadata.local");
  };
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "acme-identifier");
  EXPECT_TRUE(web.asked.empty());
}

TEST_F(HostileCaTest, FollowsHttpsUrlsOnly) {
  for (const char* url : {"http://ca.test/authz/0", "file:///etc/passwd", "https://user@ca.test/x",
                          "https://", "https://ca.test/a b"}) {
    ca.change = [&](const std::string& request, HttpResponse& response) {
      if (request != "POST /new-order") return;
      const std::string mine = ca.base + "/authz/" + std::to_string(ca.orders_made() - 1);
      response.body.replace(response.body.find(mine), mine.size(), url);
    };
    const auto order = issue();
    ASSERT_FALSE(order) << url;
    EXPECT_EQ(order.error().id, "acme-garbage") << url;
  }
}

TEST_F(HostileCaTest, GivesTheReasonOfAFailedValidation) {
  ca.validation_fails = true;
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "acme-connection");
  EXPECT_NE(order.error().detail.find("stub could not verify a.example.test: no route to it"),
            std::string::npos)
      << order.error().detail;
}

TEST_F(HostileCaTest, EndsWhenTheCaDoesNotSayWhereTheOrderIs) {
  ca.change = [](const std::string& request, HttpResponse& response) {
    if (request == "POST /new-order") response.headers.remove("Location");
  };
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "acme-location");
}

TEST_F(HostileCaTest, GivesUpOnACaThatCallsItReadyAndNotReadyForEver) {
  ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (request != "POST /finalize/0") return std::nullopt;
    HttpResponse response = ca.problem(403, "orderNotReady");
    response.headers.add("Replay-Nonce", ca.fresh_nonce());
    return response;
  };
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "order-stuck");
  EXPECT_LE(ca.count("POST /finalize/0"), static_cast<std::size_t>(kMaxOrderPolls) / 2 + 1);
}

TEST_F(HostileCaTest, EndsAnOrderThatTheCaHasForgotten) {
  ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (request != "POST /order/0") return std::nullopt;
    HttpResponse response = ca.problem(404, "malformed");
    response.headers.add("Replay-Nonce", ca.fresh_nonce());
    return response;
  };
  ca.polls_until_issued = 1;
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "acme-malformed");
  EXPECT_FALSE(runner.last.error.empty());
}

TEST_F(HostileCaTest, KeepsTheOrderThroughLimitsAndTroubles) {
  const auto answer_with = [&](int status, const char* type) {
    ca.instead = [&, status, type](const std::string& request) -> std::optional<Result<HttpResponse>> {
      if (request != "POST /new-order") return std::nullopt;
      HttpResponse response = ca.problem(status, type);
      response.headers.add("Retry-After", "3600");
      return response;
    };
    return issue();
  };
  const auto limited = answer_with(429, "rateLimited");
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().code, Code::kLimited);
  EXPECT_EQ(limited.error().retry_after, seconds{3600});
  EXPECT_TRUE(runner.last.error.empty());
  const auto down = answer_with(503, "serverInternal");
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().code, Code::kUnavailable);
  const auto gone = answer_with(400, "accountDoesNotExist");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().id, "account-gone");
  EXPECT_TRUE(runner.last.error.empty());
}

TEST_F(HostileCaTest, NamesTheChangedTermsThatAPersonMustAgreeTo) {
  ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (request != "POST /new-order") return std::nullopt;
    return ca.problem(403, "userActionRequired", R"(,"instance":"https://ca.test/terms-v2")");
  };
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().code, Code::kDenied);
  EXPECT_EQ(order.error().id, "terms-not-agreed");
  EXPECT_NE(order.error().detail.find("https://ca.test/terms-v2"), std::string::npos);
}

TEST_F(HostileCaTest, EndsAnOrderWhoseCertificateIsGarbage) {
  for (const char* body : {"", "not PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    ca.change = [&](const std::string& request, HttpResponse& response) {
      if (request.starts_with("POST /cert/")) response.body = body;
    };
    const auto order = issue();
    ASSERT_FALSE(order);
    EXPECT_EQ(order.error().id, "certificate-garbage");
  }
  ca.change = [](const std::string& request, HttpResponse& response) {
    if (request.starts_with("POST /cert/")) response.headers.set("Content-Type", "text/html");
  };
  EXPECT_EQ(issue().error().id, "certificate-garbage");
}

TEST_F(HostileCaTest, TriesAgainLaterWhenAnAnswerIsNotJson) {
  ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (request != "POST /authz/0") return std::nullopt;
    return HttpResponse{
        200, {{"Content-Type", "text/html"}}, "<html>log in to the hotel's network</html>", {}};
  };
  const auto order = issue();
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().code, Code::kUnavailable);
  EXPECT_EQ(order.error().id, "acme-garbage");
  EXPECT_TRUE(runner.last.error.empty());
}

TEST_F(HostileCaTest, RefusesStepsThatAreNotItsOwn) {
  Order order = new_order({"a.example.test"}, clock.now());
  EXPECT_EQ(acme.advance(order, MakeKey{}, access(), soon()).error().code, Code::kInternal);
  EXPECT_EQ(acme.advance(order, PollAuthorization{3}, access(), soon()).error().code, Code::kInternal);
  EXPECT_EQ(acme.advance(order, SelfCheck{0}, access(), soon()).error().code, Code::kInternal);
}

}  // namespace
}  // namespace certstead

// Nonces, errors of the network, and the directory.
#include <set>

#include "acme_client/acme_session.h"
#include "acme_client/acme_test_bed.h"

namespace certstead {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class AcmeSessionTest : public AcmeTestBed {
 protected:
  AcmeSession session{ca.client(), ca.directory_url(), clock, log};
  Result<HttpResponse> post(const std::string& path) {
    return session.post(ca.base + path, {account_key, account.url}, "", soon());
  }
};

TEST_F(AcmeSessionTest, GivesUpOnACaThatRefusesEveryNonce) {
  ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (!request.starts_with("POST")) return std::nullopt;
    HttpResponse response = ca.problem(400, "badNonce");
    response.headers.add("Replay-Nonce", ca.fresh_nonce());
    return response;
  };
  const auto answer = post("/order/0");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().id, "acme-bad-nonce");
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_EQ(ca.count("POST"), static_cast<std::size_t>(kMaxNonceRetries) + 1);
  EXPECT_EQ(ca.count("HEAD"), 1U);  // each retry took the nonce of the refusal
}

TEST_F(AcmeSessionTest, SurvivesACaThatRefusesHalfOfAllNonces) {
  int posts = 0;
  ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (!request.starts_with("POST") || ++posts % 2 == 0) return std::nullopt;
    HttpResponse response = ca.problem(400, "badNonce");
    response.headers.add("Replay-Nonce", ca.fresh_nonce());
    return response;
  };
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(issue()) << i;
}

TEST_F(AcmeSessionTest, TakesANewNonceAfterEveryFailure) {
  for (const int status : {503, 429, 500}) {
    ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
      if (!request.starts_with("POST")) return std::nullopt;
      return HttpResponse{status, {}, "", {}};  // without a nonce of its own
    };
    const auto down = post("/order/0");
    ASSERT_TRUE(down);
    EXPECT_EQ(down->status, status);
    ca.instead = nullptr;
    const auto up = post("/order/0");  // the stub notes a violation if the nonce were the old one
    ASSERT_TRUE(up);
    EXPECT_EQ(up->status, 404);
  }
}

TEST_F(AcmeSessionTest, NeverUsesANonceAgainThatTheNetworkSwallowed) {
  ca.instead = [&](const std::string& request) -> std::optional<Result<HttpResponse>> {
    if (!request.starts_with("POST")) return std::nullopt;
    return Result<HttpResponse>(unavailable("connection reset"));
  };
  EXPECT_FALSE(post("/order/0"));
  ca.instead = nullptr;
  EXPECT_TRUE(post("/order/0"));
  EXPECT_EQ(ca.count("HEAD"), 2U);
}

TEST_F(AcmeSessionTest, StopsWhenTheCaHandsOutOneNonceForEver) {
  ca.change = [](const std::string&, HttpResponse& response) {
    response.headers.set("Replay-Nonce", "c2FtZQ");
  };
  const auto answer = post("/order/0");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().id, "acme-bad-nonce");
  EXPECT_LE(ca.requests.size(), 4U);
}

TEST_F(AcmeSessionTest, ForgetsNoncesThatLayForLong) {
  ASSERT_TRUE(post("/order/0"));
  clock.advance(minutes{4});
  ASSERT_TRUE(post("/order/0"));
  EXPECT_EQ(ca.count("HEAD"), 1U);
  clock.advance(minutes{6});
  ASSERT_TRUE(post("/order/0"));
  EXPECT_EQ(ca.count("HEAD"), 2U);
}

TEST_F(AcmeSessionTest, ReadsTheDirectoryOnceAnHour) {
  ASSERT_TRUE(session.directory(soon()));
  clock.advance(minutes{59});
  ASSERT_TRUE(session.directory(soon()));
  EXPECT_EQ(ca.count("GET /dir"), 1U);
  clock.advance(minutes{2});
  ASSERT_TRUE(session.directory(soon()));
  EXPECT_EQ(ca.count("GET /dir"), 2U);
}

TEST_F(AcmeSessionTest, TakesDirectoriesWithOddMeta) {
  for (const char* extra :
       {"", R"(,"meta":null)", R"(,"meta":{})", R"(,"meta":"x")",
        R"(,"meta":{"termsOfService":null,"profiles":[],"caaIdentities":7})",
        R"(,"x-surprise":{"a":[1]},"renewalInfo":null,"meta":{"externalAccountRequired":"yes"})"}) {
    ca.directory_extra = extra;
    const auto directory = session.directory(soon(), seconds{0});
    ASSERT_TRUE(directory) << extra << ": " << directory.error().detail;
    EXPECT_FALSE((*directory)->facts.external_account_required) << extra;
    EXPECT_TRUE((*directory)->facts.terms_of_service.empty()) << extra;
    EXPECT_FALSE((*directory)->facts.offers_renewal_info) << extra;
  }
}

TEST_F(AcmeSessionTest, SaysWhatIsWrongWithADirectory) {
  const auto error_for = [&](HttpResponse response) {
    ca.instead = [response](const std::string&) -> std::optional<Result<HttpResponse>> { return response; };
    const auto directory = session.directory(soon(), seconds{0});
    EXPECT_FALSE(directory);
    return directory ? Error{} : directory.error();
  };
  EXPECT_NE(error_for({200, {{"Content-Type", "text/html"}}, "<html>", {}}).detail.find("text/html"),
            std::string::npos);
  EXPECT_NE(error_for({200, {}, "{}", {}}).detail.find("newNonce"), std::string::npos);
  EXPECT_NE(error_for({200, {}, R"({"newNonce":"http://ca.test/n"})", {}}).detail.find("https"),
            std::string::npos);
  const Error down = error_for({503, {{"Retry-After", "120"}}, "", {}});
  EXPECT_EQ(down.code, Code::kUnavailable);
  EXPECT_EQ(down.retry_after, seconds{120});
}

TEST_F(AcmeSessionTest, RefusesHttpUnlessTheDirectoryItselfIsHttp) {
  EXPECT_EQ(session.get("http://ca.test/x", soon()).error().id, "acme-url");
  ca.base = "http://lab.test";
  AcmeSession lab(ca.client(), ca.directory_url(), clock, log);
  EXPECT_TRUE(lab.directory(soon()));
}

TEST(NoncePoolTest, GivesEachNonceOnceAndTheFreshestFirst) {
  FakeClock clock;
  NoncePool pool(clock);
  pool.put("AAAA");
  pool.put("BBBB");
  pool.put("AAAA");
  EXPECT_EQ(pool.take(), "BBBB");
  EXPECT_EQ(pool.take(), "AAAA");
  pool.put("BBBB");
  EXPECT_EQ(pool.take(), std::nullopt);
}

TEST(NoncePoolTest, DropsWhatIsNoNonce) {
  FakeClock clock;
  NoncePool pool(clock);
  for (const std::string& bad :
       {std::string(), std::string("a b"), std::string("a\r\nb"), std::string("a+b"), std::string(513, 'a')})
    pool.put(bad);
  EXPECT_EQ(pool.take(), std::nullopt);
}

TEST(NoncePoolTest, IsBounded) {
  FakeClock clock;
  NoncePool pool(clock);
  for (int i = 0; i < 5000; ++i) pool.put("nonce" + std::to_string(i));
  int taken = 0;
  while (pool.take()) ++taken;
  EXPECT_EQ(taken, 64);
}

}  // namespace
}  // namespace certstead

#include "gateway/gateway.h"

#include <thread>

#include "base/text.h"
#include "gateway/gateway_fixture.h"
#include "net/raw_client.h"
#include "tlscache/test_fleet.h"

namespace certstead {
namespace {

using namespace std::chrono_literals;

std::string ask_plain(const TestGateway& gateway, const std::string& bytes) {
  RawClient client(gateway.http());
  client.send(bytes);
  return client.read_all();
}

GatewayOptions page_with(std::vector<Header> headers = {}) {
  GatewayOptions options;
  options.page.body = "<p>here</p>";
  options.headers.set = std::move(headers);
  return options;
}

TEST(Gateway, ServesItsPageWhereThereIsNoUpstream) {
  const TestGateway gateway(page_with());
  const std::string answer = gateway.get("/any");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("<p>here</p>"));
  EXPECT_TRUE(gateway.ask("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nab")
                  .starts_with("HTTP/1.1 405 "));
}

TEST(Gateway, ChallengesAreAnsweredOnPlainHttp) {
  const TestGateway gateway(page_with());
  const std::string answer = ask_plain(
      gateway, "GET /.well-known/acme-challenge/Token HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nToken.print"));
  EXPECT_TRUE(
      ask_plain(gateway,
                "GET /.well-known/acme-challenge/Other HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
          .starts_with("HTTP/1.1 404 "));
}

TEST(Gateway, EverythingElseOnPlainHttpIsRedirected) {
  GatewayOptions options = page_with();
  options.public_https_port = 8443;
  const TestGateway gateway(std::move(options));
  const std::string answer =
      ask_plain(gateway, "GET /x?y HTTP/1.1\r\nHost: a.test:80\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 301 ")) << answer;
  EXPECT_NE(answer.find("\r\nLocation: https://a.test:8443/x?y\r\n"), std::string::npos);
  EXPECT_TRUE(
      ask_plain(gateway, "POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
          .starts_with("HTTP/1.1 308 "));
}

TEST(Gateway, PolicyHeadersAreOnEveryAnswerOnce) {
  const RecordingServer upstream([](const HttpExchange& exchange) {
    return HttpReply{exchange.path == "/missing" ? 404 : 200,
                     {{"x-frame-options", "ALLOWALL"},
                      {"X-Frame-Options", "other"},
                      {"Strict-Transport-Security", "max-age=1"}},
                     ""};
  });
  GatewayOptions options = TestGateway::to(upstream.url());
  options.headers.set = {{"X-Frame-Options", "DENY"}, {"Strict-Transport-Security", "max-age=300"}};
  const TestGateway gateway(std::move(options));
  const auto check = [](const std::string& answer, std::string_view status, bool tls) {
    std::string lower = lower_ascii(answer);
    EXPECT_TRUE(answer.starts_with(status)) << answer;
    EXPECT_EQ(occurrences(lower, "\r\nx-frame-options:"), 1U) << answer;
    EXPECT_NE(answer.find("\r\nX-Frame-Options: DENY\r\n"), std::string::npos) << answer;
    EXPECT_EQ(occurrences(lower, "\r\nstrict-transport-security:"), tls ? 1U : 0U) << answer;
    EXPECT_EQ(occurrences(answer, "\r\nStrict-Transport-Security: max-age=300\r\n"), tls ? 1U : 0U);
  };
  check(gateway.get("/"), "HTTP/1.1 200 ", true);
  check(gateway.get("/missing"), "HTTP/1.1 404 ", true);
  check(gateway.ask("GET / HTTP/1.1\r\n\r\n"), "HTTP/1.1 400 ", true);
  check(ask_plain(gateway, "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"), "HTTP/1.1 301 ",
        false);
  check(ask_plain(gateway, "GET / HTTP/1.1\r\n\r\n"), "HTTP/1.1 400 ", false);
}

TEST(Gateway, PolicyHeadersAreOnFailuresOfTheUpstreamToo) {
  GatewayOptions options = TestGateway::to("http://127.0.0.1:1");
  options.headers.set = {{"X-Frame-Options", "DENY"}};
  const TestGateway gateway(std::move(options));
  const std::string answer = gateway.get("/");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 502 ")) << answer;
  EXPECT_EQ(occurrences(answer, "X-Frame-Options: DENY"), 1U);
}

TEST(Gateway, ANewPolicyHoldsForTheNextAnswer) {
  const TestGateway gateway(page_with({{"X-A", "1"}}));
  EXPECT_EQ(occurrences(gateway.get("/"), "X-A: 1"), 1U);
  ASSERT_TRUE(gateway.gateway->set_headers({{{"X-A", "2"}}}));
  EXPECT_EQ(occurrences(gateway.get("/"), "X-A: 2"), 1U);
  EXPECT_FALSE(gateway.gateway->set_headers({{{"Connection", "close"}}}));
  EXPECT_EQ(occurrences(gateway.get("/"), "X-A: 2"), 1U);
}

TEST(Gateway, SpeaksTls12And13Only) {
  const TestGateway gateway(page_with());
  EXPECT_EQ(TlsClient(gateway.https()).version(), TLS1_3_VERSION);
  const TlsClient old(gateway.https(), {.min_version = TLS1_2_VERSION, .max_version = TLS1_2_VERSION});
  EXPECT_TRUE(old.connected());
  EXPECT_EQ(old.version(), TLS1_2_VERSION);
  EXPECT_FALSE(
      TlsClient(gateway.https(), {.min_version = TLS1_VERSION, .max_version = TLS1_1_VERSION}).connected());
}

TEST(Gateway, RefusesRenegotiation) {
  const TestGateway gateway(page_with());
  TlsClient client(gateway.https(), {.min_version = TLS1_2_VERSION, .max_version = TLS1_2_VERSION});
  ASSERT_TRUE(client.connected());
  SSL_renegotiate(client.native());
  client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
  EXPECT_EQ(client.read_all(2s).find("200 OK"), std::string::npos);
}

TEST(Gateway, ChoosesHttp11WhereItIsOffered) {
  const TestGateway gateway(page_with());
  EXPECT_EQ(TlsClient(gateway.https(), {.protocols = {"h2", "http/1.1"}}).protocol(), "http/1.1");
  const TlsClient other(gateway.https(), {.protocols = {"h2"}});
  EXPECT_TRUE(other.connected());
  EXPECT_EQ(other.protocol(), "");
}

TEST(Gateway, ServesWhatTheTlsCacheHolds) {
  TestFleet fleet;
  const NewCredential credential = fleet.make("web", KeyType::kP256, 1, {"www.fleet.test"});
  fleet.put("web", {credential});
  CaptureLog log;
  const FixedAnswers answers;
  GatewayOptions options = page_with();
  options.https = {{.address = "127.0.0.1"}};
  options.prepare_tls = [&](SSL_CTX* context) { return fleet.cache->attach(context); };
  const auto gateway = Gateway::start(std::move(options), answers, log);
  ASSERT_TRUE(gateway) << gateway.error().detail;
  EXPECT_FALSE(TlsClient((*gateway)->https_port(), {.server_name = "other.test"}).connected());
  const TlsClient first((*gateway)->https_port(), {.server_name = "www.fleet.test"});
  ASSERT_TRUE(first.connected());
  EXPECT_EQ(first.peer_certificate(), credential.record.leaf);
  // A renewed credential is served by the next handshake, with no reload.
  const NewCredential renewed = fleet.make("web", KeyType::kP256, 2, {"www.fleet.test"});
  fleet.put("web", {renewed});
  EXPECT_EQ(TlsClient((*gateway)->https_port(), {.server_name = "www.fleet.test"}).peer_certificate(),
            renewed.record.leaf);
}

TEST(Gateway, StopLetsARunningRequestEnd) {
  std::stop_source entered;
  std::stop_source leave;
  const RecordingServer upstream([&](const HttpExchange&) {
    entered.request_stop();
    wait_for(leave.get_token());
    return HttpReply{200, {}, "finished"};
  });
  const TestGateway gateway(TestGateway::to(upstream.url()));
  TlsClient idle(gateway.https());
  TlsClient client(gateway.https());
  client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
  wait_for(entered.get_token());
  std::thread stopper([&] { gateway.gateway->stop(); });
  EXPECT_EQ(idle.read_all(), "");  // cut while the other one still runs
  leave.request_stop();
  EXPECT_TRUE(client.read_all().ends_with("finished"));
  stopper.join();
}

TEST(Gateway, OptionsThatContradictAreInvalid) {
  CaptureLog log;
  const FixedAnswers answers;
  const auto start = [&](auto change) {
    GatewayOptions options = page_with();
    options.http = {{.address = "127.0.0.1"}};
    change(options);
    return Gateway::start(std::move(options), answers, log);
  };
  EXPECT_FALSE(start([](GatewayOptions& options) { options.http.clear(); }));
  EXPECT_FALSE(start([](GatewayOptions& options) { options.upstream = "https://a.test"; }));
  EXPECT_FALSE(start([](GatewayOptions& options) { options.upstream = "http://a.test/path"; }));
  EXPECT_FALSE(start([](GatewayOptions& options) { options.headers.set = {{"Content-Length", "1"}}; }));
  EXPECT_TRUE(start([](GatewayOptions&) {}));
}

}  // namespace
}  // namespace certstead

#include "gateway/gateway_fixture.h"
#include "gateway/scripted_server.h"
#include "net/smuggling_table.h"

namespace certstead {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLarge = std::size_t{50} << 20;
// What the sockets on the way hold at most, with room to spare; far below kLarge.
constexpr std::size_t kSocketsHold = std::size_t{30} << 20;
const std::string kClose = "Host: a.test\r\nConnection: close\r\n\r\n";

TEST(Proxy, RequestsReachTheUpstreamAndAnswersComeBack) {
  const RecordingServer upstream;
  const TestGateway gateway(TestGateway::to(upstream.url()));
  const std::string answer =
      gateway.ask("POST /a?b HTTP/1.1\r\nX-Y: z\r\nContent-Length: 2\r\n" + kClose + "hi");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nseen /a?bhi")) << answer;
  ASSERT_EQ(upstream.seen().size(), 1U);
  const HttpExchange seen = upstream.seen()[0];
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.host, "a.test");
  EXPECT_EQ(seen.headers.get("X-Y"), "z");
  EXPECT_EQ(seen.headers.get("X-Forwarded-For"), "127.0.0.1");
  EXPECT_EQ(seen.headers.get("X-Forwarded-Proto"), "https");
  EXPECT_FALSE(seen.headers.has("Connection"));
}

TEST(Proxy, NoMalformedRequestReachesTheUpstream) {
  const RecordingServer upstream;
  const TestGateway gateway(TestGateway::to(upstream.url()));
  for (const MalformedRequest& bad : malformed_requests()) {
    const std::string answer = gateway.ask(bad.bytes);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 4")) << bad.rule << ": " << answer;
    EXPECT_EQ(answer.find("HTTP/1.1 2"), std::string::npos) << bad.rule;
  }
  EXPECT_TRUE(upstream.seen().empty()) << upstream.seen()[0].target;
}

TEST(Proxy, AMalformedRequestBehindAGoodOneIsNotPassedOn) {
  const RecordingServer upstream;
  const TestGateway gateway(TestGateway::to(upstream.url()));
  std::size_t good = 0;
  for (const MalformedRequest& bad : malformed_requests()) {
    gateway.ask("GET /good HTTP/1.1\r\nHost: a.test\r\n\r\n" + bad.bytes);
    ASSERT_EQ(upstream.seen().size(), ++good) << bad.rule;
    EXPECT_EQ(upstream.seen().back().target, "/good");
  }
}

TEST(Proxy, PipelinedRequestsReachTheUpstreamOnceEachOverOneConnection) {
  const RecordingServer upstream;
  const TestGateway gateway(TestGateway::to(upstream.url()));
  std::string bytes;
  for (int i = 0; i < 20; ++i) {
    bytes += "POST /" + std::to_string(i) +
             " HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nab\r\n0\r\n\r\n";
  }
  const std::string answer = gateway.ask(bytes + "GET /last HTTP/1.1\r\n" + kClose);
  EXPECT_EQ(occurrences(answer, "HTTP/1.1 200 OK"), 21U);
  ASSERT_EQ(upstream.seen().size(), 21U);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(upstream.seen()[static_cast<std::size_t>(i)].target, "/" + std::to_string(i));
    EXPECT_EQ(upstream.seen()[static_cast<std::size_t>(i)].body, "ab");
  }
  EXPECT_EQ(gateway.gateway->stats().upstream_connects, 1U);
  EXPECT_EQ(gateway.gateway->stats().requests, 21U);
}

TEST(Proxy, UpgradesAreNotPassedOn) {
  const RecordingServer upstream;
  const TestGateway gateway(TestGateway::to(upstream.url()));
  const std::string answer = gateway.ask(
      "GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  ASSERT_EQ(upstream.seen().size(), 1U);
  EXPECT_FALSE(upstream.seen()[0].headers.has("Upgrade"));
}

TEST(Proxy, ContinueIsAnsweredByTheGateway) {
  const RecordingServer upstream;
  const TestGateway gateway(TestGateway::to(upstream.url()));
  TlsClient client(gateway.https());
  client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + kClose);
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_TRUE(client.read_all().ends_with("seen /ok"));
  EXPECT_FALSE(upstream.seen()[0].headers.has("Expect"));
}

TEST(Proxy, HeadAnswersKeepTheirLengthAndHaveNoBody) {
  const RecordingServer upstream;
  const TestGateway gateway(TestGateway::to(upstream.url()));
  const std::string answer = gateway.ask("HEAD /a HTTP/1.1\r\n" + kClose);
  EXPECT_NE(answer.find("\r\nContent-Length: 7\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

// An upstream that answers each connection's first request with fixed bytes, and closes.
struct Answering {
  explicit Answering(std::string bytes)
      : server([bytes = std::move(bytes)](int fd, int) {
          read_until(fd, "\r\n\r\n");
          write_bytes(fd, bytes);
        }) {}
  ScriptedServer server;
};

TEST(Proxy, AnswersWithoutLengthAreChunkedForTheClient) {
  const Answering upstream("HTTP/1.0 200 OK\r\nX: y\r\n\r\nuntil the end");
  const TestGateway gateway(TestGateway::to(upstream.server.url()));
  const std::string answer = gateway.get("/");
  EXPECT_NE(answer.find("\r\nTransfer-Encoding: chunked\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nd\r\nuntil the end\r\n0\r\n\r\n")) << answer;
  const std::string old = gateway.ask("GET / HTTP/1.0\r\nHost: a.test\r\n\r\n");
  EXPECT_EQ(old.find("chunked"), std::string::npos);
  EXPECT_TRUE(old.ends_with("\r\n\r\nuntil the end")) << old;
}

TEST(Proxy, InterimAnswersGoNoFurther) {
  const Answering upstream(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  const TestGateway gateway(TestGateway::to(upstream.server.url()));
  const std::string answer = gateway.get("/");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_EQ(answer.find("Link"), std::string::npos);
}

TEST(Proxy, MalformedAnswersBecome502) {
  for (const char* bytes :
       {"hello\r\n\r\n", "HTTP/1.1 200 OK\nX: y\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", ""}) {
    const Answering upstream(bytes);
    const TestGateway gateway(TestGateway::to(upstream.server.url()));
    const std::string answer = gateway.get("/");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 502 Bad Gateway\r\n")) << bytes << " -> " << answer;
    EXPECT_EQ(answer.find("hello"), std::string::npos);
    EXPECT_GE(gateway.gateway->stats().upstream_failures, 1U);
  }
}

TEST(Proxy, AnswersThatSplitHeadersDoNotPass) {
  const Answering upstream("HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n");
  const TestGateway gateway(TestGateway::to(upstream.server.url()));
  EXPECT_EQ(gateway.get("/").find("evil"), std::string::npos);
}

TEST(Proxy, CutAnswersAreCutForTheClientToo) {
  for (const char* bytes : {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"}) {
    const Answering upstream(bytes);
    const TestGateway gateway(TestGateway::to(upstream.server.url()));
    TlsClient client(gateway.https());
    client.send("GET / HTTP/1.1\r\n" + kClose);
    const std::string answer = client.read_all();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
    EXPECT_EQ(answer.find("0\r\n\r\n"), std::string::npos) << answer;
    EXPECT_FALSE(client.ended_properly());
  }
}

TEST(Proxy, SilentUpstreamsBecome504) {
  std::stop_source done;
  const ScriptedServer upstream([&](int fd, int) {
    read_until(fd, "\r\n\r\n");
    wait_for(done.get_token());
  });
  GatewayOptions options = TestGateway::to(upstream.url());
  options.upstream_answer = 100ms;
  const TestGateway gateway(std::move(options));
  const std::string answer = gateway.get("/");
  done.request_stop();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 504 Gateway Timeout\r\n")) << answer;
}

TEST(Proxy, AConnectionClosedBetweenRequestsIsReplaced) {
  // Says nothing of closing, and closes after each answer.
  const Answering upstream("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  const TestGateway gateway(TestGateway::to(upstream.server.url()));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(gateway.get("/").ends_with("\r\n\r\nok")) << i;
  EXPECT_EQ(gateway.gateway->stats().upstream_failures, 0U);
}

TEST(Proxy, ARequestWithABodyIsNeverSentTwice) {
  std::atomic<int> requests{0};
  const ScriptedServer upstream([&](int fd, int number) {
    if (read_until(fd, "\r\n\r\n").empty()) return;
    ++requests;
    if (number > 0) return;
    write_bytes(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    // Takes the second request on this connection, and goes away without an answer.
    if (!read_until(fd, "\r\n\r\n").empty()) ++requests;
  });
  const TestGateway gateway(TestGateway::to(upstream.url()));
  EXPECT_TRUE(gateway.get("/").ends_with("ok"));
  const std::string answer = gateway.ask("POST / HTTP/1.1\r\nContent-Length: 2\r\n" + kClose + "ab");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 502 ")) << answer;
  EXPECT_EQ(requests, 2);
}

TEST(Proxy, AnAnswerBeforeTheEndOfTheBodyGetsThrough) {
  const ScriptedServer upstream([](int fd, int) {
    read_until(fd, "\r\n\r\n");
    write_bytes(fd, "HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmuch");
    count_bytes(fd, 1000);
  });
  const TestGateway gateway(TestGateway::to(upstream.url()));
  TlsClient client(gateway.https());
  client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\n" + std::string(1000, 'x'));
  EXPECT_TRUE(client.read_all().ends_with("\r\n\r\nmuch"));
}

TEST(Proxy, BodiesOverTheLimitAreRefused) {
  const RecordingServer upstream;
  GatewayOptions options = TestGateway::to(upstream.url());
  options.limits.body_bytes = 10;
  const TestGateway gateway(std::move(options));
  EXPECT_TRUE(gateway.ask("POST / HTTP/1.1\r\nContent-Length: 11\r\n" + kClose).starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(
      gateway
          .ask("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + kClose + "b\r\n12345678901\r\n0\r\n\r\n")
          .starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(upstream.seen().empty());
}

TEST(Proxy, LargeAnswersStreamAndWaitForTheClient) {
  std::size_t stuck_at = 0;
  std::stop_source stuck;
  const ScriptedServer upstream([&](int fd, int) {
    read_until(fd, "\r\n\r\n");
    const std::string body(kLarge, 'x');
    write_bytes(fd, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kLarge) + "\r\n\r\n");
    stuck_at = write_until_stuck(fd, body, 500ms);
    stuck.request_stop();
    write_bytes(fd, std::string_view(body).substr(stuck_at));
  });
  const TestGateway gateway(TestGateway::to(upstream.url()));
  TlsClient client(gateway.https());
  client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
  wait_for(stuck.get_token());
  std::size_t total = 0;
  while (total < kLarge) {
    const std::string piece = client.read_exactly(std::min<std::size_t>(kLarge - total, 1 << 20));
    if (piece.empty()) break;
    total += piece.size();
  }
  EXPECT_EQ(total, kLarge);
  EXPECT_LT(stuck_at, kSocketsHold);
}

TEST(Proxy, LargeBodiesStreamAndWaitForTheUpstream) {
  std::stop_source go_on;
  std::size_t arrived = 0;
  const ScriptedServer upstream([&](int fd, int) {
    read_until(fd, "\r\n\r\n");
    wait_for(go_on.get_token());
    arrived = count_bytes(fd, kLarge);
    write_bytes(fd, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nthx!");
  });
  const TestGateway gateway(TestGateway::to(upstream.url()));
  TlsClient client(gateway.https());
  client.send("PUT / HTTP/1.1\r\nContent-Length: " + std::to_string(kLarge) + "\r\n" + kClose);
  const std::string body(kLarge, 'x');
  const std::size_t stuck_at = client.send_until_stuck(body, 500ms);
  go_on.request_stop();
  client.send(std::string_view(body).substr(stuck_at));
  EXPECT_TRUE(client.read_all().ends_with("thx!"));
  EXPECT_EQ(arrived, kLarge);
  EXPECT_LT(stuck_at, kSocketsHold);
}

}  // namespace
}  // namespace certstead

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "base/temp_dir.h"
#include "net/http_client_testing.h"
#include "net/test_tls.h"

namespace certstead {
namespace {

using namespace std::chrono_literals;

TEST(HttpClient, RequestAndAnswerComeThroughWhole) {
  Server server([](const HttpExchange& exchange) {
    return HttpReply{
        201,
        {{"X-Seen", exchange.method + " " + exchange.target + " " + std::string(exchange.headers.get("A"))}},
        exchange.body + "!"};
  });
  HttpRequest request{.method = "PUT", .url = server.url("/p?q"), .headers = {{"A", "b"}}, .body = "body"};
  const auto answer = local_client()->send(request, soon());
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->headers.get("x-seen"), "PUT /p?q b");
  EXPECT_EQ(answer->body, "body!");
  ASSERT_TRUE(answer->server_date);
  EXPECT_LT(std::chrono::abs(*answer->server_date - SystemClock().now()), 60s);
}

TEST(HttpClient, NoHeaderIsInventedForABody) {
  std::mutex mutex;
  HttpHeaders seen;
  Server server([&](const HttpExchange& exchange) {
    const std::lock_guard hold(mutex);
    seen = exchange.headers;
    return HttpReply{};
  });
  const std::string body(2000, 'x');
  ASSERT_TRUE(local_client()->send({.method = "POST", .url = server.url(), .body = body}, soon()));
  EXPECT_FALSE(seen.has("Content-Type"));
  EXPECT_FALSE(seen.has("Expect"));
  EXPECT_EQ(seen.get("Content-Length"), "2000");
}

TEST(HttpClient, OneConnectionServesManyRequests) {
  // A server that takes one connection: a second one would be refused.
  std::mutex mutex;
  int requests = 0;
  HttpServerOptions options;
  options.listeners.push_back({.address = "127.0.0.1"});
  options.limits.connections = 1;
  CaptureLog log;
  auto server = HttpServer::start(
      std::move(options),
      [&](const HttpExchange&) {
        const std::lock_guard hold(mutex);
        ++requests;
        return HttpReply{};
      },
      log);
  ASSERT_TRUE(server);
  const auto client = local_client();
  const std::string url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/";
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client->send({.url = url}, soon()));
  EXPECT_EQ(requests, 20);
  EXPECT_EQ(log.count("net.connection_refused"), 0U);
}

TEST(HttpClient, ThreadsShareAClient) {
  Server server([](const HttpExchange& exchange) { return HttpReply{200, {}, exchange.path}; });
  const auto client = local_client();
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
        const auto answer = client->send({.url = server.url(path)}, soon());
        if (answer && answer->body == path) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 100);
}

TEST(HttpClient, LocalAddressesAreRefusedInEverySpelling) {
  Server server([](const HttpExchange&) { return HttpReply{}; });
  const std::string port = std::to_string(server.server->port());
  const auto client = client_with({});
  for (const char* host :
       {"127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "0177.0.0.1", "localhost", "0.0.0.0",
        "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "169.254.169.254", "[64:ff9b::7f00:1]",
        "[64:ff9b::a9fe:a9fe]", "10.0.0.1", "192.168.0.1", "[fe80::1]"}) {
    const auto answer =
        client->send({.url = "http://" + std::string(host) + ":" + port + "/"}, Deadline::after(5s));
    ASSERT_FALSE(answer) << host;
    EXPECT_EQ(answer.error().code, Code::kDenied) << host << ": " << answer.error().detail;
    EXPECT_EQ(answer.error().id, "egress-refused") << host;
  }
}

TEST(HttpClient, NamesThatResolveToLocalAddressesAreRefused) {
  Server server([](const HttpExchange&) { return HttpReply{}; });
  HttpClientOptions options;
  options.resolve = {server.resolve("innocent.test")};
  const auto answer =
      client_with(std::move(options))
          ->send({.url = "http://innocent.test:" + std::to_string(server.server->port()) + "/"}, soon());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kDenied);
}

TEST(HttpClient, ProxyDoesNotOpenLocalAddresses) {
  Server proxy([](const HttpExchange&) { return HttpReply{200, {}, "from the proxy"}; });
  HttpClientOptions options;
  options.proxy = proxy.url("");
  const auto client = client_with(std::move(options));
  const auto outside = client->send({.url = "http://public.test/"}, soon());
  ASSERT_TRUE(outside) << outside.error().detail;
  EXPECT_EQ(outside->body, "from the proxy");
  const auto inside = client->send({.url = "http://0x7f.1/"}, soon());
  ASSERT_FALSE(inside);
  EXPECT_EQ(inside.error().code, Code::kDenied);
}

TEST(HttpClient, EnvironmentProxiesAreIgnored) {
  Server server([](const HttpExchange&) { return HttpReply{200, {}, "direct"}; });
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  const auto answer = local_client()->send({.url = server.url()}, soon());
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body, "direct");
}

TEST(HttpClient, LongAnswersAreRefused) {
  Server server([](const HttpExchange&) { return HttpReply{200, {}, std::string(5000, 'x')}; });
  const auto client = local_client();
  EXPECT_TRUE(client->send({.url = server.url(), .max_response_bytes = 5000}, soon()));
  const auto answer = client->send({.url = server.url(), .max_response_bytes = 4999}, soon());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_NE(answer.error().detail.find("4999 bytes"), std::string::npos) << answer.error().detail;
}

TEST(HttpClient, DeadlineEndsTheWaiting) {
  Server server([](const HttpExchange& exchange) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock hold(mutex);
    changed.wait(hold, exchange.stop, [] { return false; });
    return HttpReply{};
  });
  const auto answer = local_client()->send({.url = server.url()}, Deadline::after(100ms));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().id, "timeout");
  EXPECT_EQ(local_client()->send({.url = server.url()}, Deadline::after(0ms)).error().id, "timeout");
}

TEST(HttpClient, RefusedConnectionsNameTheHostAndNotThePath) {
  const auto answer = local_client()->send({.url = "http://127.0.0.1:1/secret?token=abc"}, soon());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_NE(answer.error().detail.find("127.0.0.1:1"), std::string::npos);
  EXPECT_EQ(answer.error().detail.find("secret"), std::string::npos);
  EXPECT_EQ(answer.error().detail.find("abc"), std::string::npos);
}

TEST(HttpClient, UnsendableRequestsAreInvalid) {
  const auto client = local_client();
  for (const HttpRequest& request :
       {HttpRequest{.url = "ftp://a.test/"}, HttpRequest{.url = "file:///etc/passwd"},
        HttpRequest{.url = "a.test"}, HttpRequest{.url = "http://u:p@a.test/"},
        HttpRequest{.url = "http://a.test/ b"}, HttpRequest{.url = "http://a.test/\r\nX: y"},
        HttpRequest{.url = ""}, HttpRequest{.method = "GET /x", .url = "http://a.test/"},
        HttpRequest{.url = "http://a.test/", .headers = {{"A", "b\r\nC: d"}}},
        HttpRequest{.url = "http://a.test/", .headers = {{"Content-Length", "3"}}}}) {
    const auto answer = client->send(request, soon());
    ASSERT_FALSE(answer) << request.url;
    EXPECT_EQ(answer.error().code, Code::kInvalid) << request.url << ": " << answer.error().detail;
  }
}

TEST(HttpClient, UnixSocketsAreTalkedTo) {
  const TempDir dir;
  CaptureLog log;
  HttpServerOptions server_options;
  server_options.listeners.push_back({.unix_path = dir.path() / "s"});
  const auto server = HttpServer::start(
      std::move(server_options),
      [](const HttpExchange& exchange) {
        return HttpReply{200, {}, exchange.host};
      },
      log);
  ASSERT_TRUE(server);
  HttpClientOptions options;
  options.unix_socket = dir.path() / "s";
  const auto answer = client_with(std::move(options))->send({.url = "http://certstead/"}, soon());
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body, "certstead");
}

TEST(HttpClient, OptionsThatCannotWorkAreInvalid) {
  const TestRoot root = make_test_root();
  const TestLeaf leaf = make_test_leaf(root, {"a.test"});
  HttpClientOptions no_roots;
  no_roots.trusted_roots_pem = "nothing here";
  HttpClientOptions half;
  half.client_certificate_pem = leaf.certificate.to_pem();
  HttpClientOptions mixed;
  mixed.client_certificate_pem = leaf.certificate.to_pem();
  mixed.client_key_pem = root.key.to_pkcs8_pem();
  HttpClientOptions bad_line;
  bad_line.resolve = {"a.test"};
  for (HttpClientOptions* options : {&no_roots, &half, &mixed, &bad_line}) {
    const auto client = make_http_client(std::move(*options));
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, Code::kInvalid) << client.error().detail;
  }
}

TEST(Redirects, AreFollowedWithinTheRules) {
  std::mutex mutex;
  std::vector<std::string> seen;
  Server other([&](const HttpExchange& exchange) {
    const std::lock_guard hold(mutex);
    seen.push_back(exchange.path + " " + std::string(exchange.headers.get("Authorization")));
    return HttpReply{200, {}, "there"};
  });
  Server first([&](const HttpExchange& exchange) {
    const std::lock_guard hold(mutex);
    seen.push_back(exchange.path + " " + std::string(exchange.headers.get("Authorization")));
    return HttpReply{302, {{"Location", exchange.path == "/a" ? "b" : other.url("/c")}}, ""};
  });
  const auto client = local_client();
  const auto answer =
      follow_redirects(*client, {.url = first.url("/a"), .headers = {{"Authorization", "key"}}}, {}, soon());
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->response.body, "there");
  EXPECT_EQ(answer->url, other.url("/c"));
  EXPECT_EQ(answer->hops, 2);
  EXPECT_EQ(seen, (std::vector<std::string>{"/a key", "/b key", "/c "}));
  RedirectRules narrow;
  narrow.ports = {80, 443};
  EXPECT_EQ(follow_redirects(*client, {.url = first.url("/a")}, narrow, soon()).error().code, Code::kDenied);
}

TEST(Redirects, LoopsAndForeignSchemesEnd) {
  std::string location;
  Server server([&](const HttpExchange&) { return HttpReply{307, {{"Location", location}}, ""}; });
  const auto client = local_client();
  location = "/again";
  EXPECT_EQ(follow_redirects(*client, {.url = server.url()}, {}, soon()).error().id, "redirect-loop");
  for (const char* target :
       {"file:///etc/passwd", "gopher://a.test/", "ftp://a.test/", "http://u:p@a.test/"}) {
    location = target;
    EXPECT_FALSE(follow_redirects(*client, {.url = server.url()}, {}, soon())) << target;
  }
  EXPECT_EQ(follow_redirects(*client, {.method = "POST", .url = server.url()}, {}, soon()).error().code,
            Code::kInvalid);
}

}  // namespace
}  // namespace certstead

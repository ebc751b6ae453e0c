#include "net/http_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <iomanip>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "base/temp_dir.h"
#include "log/capture_log.h"
#include "net/http_server.h"
#include "net/raw_client.h"
#include "net/test_tls.h"

namespace certstead {
namespace {

using namespace std::chrono_literals;

struct Server {
  explicit Server(HttpHandler handler, SSL_CTX* tls = nullptr) {
    HttpServerOptions options;
    options.listeners.push_back({.address = "127.0.0.1", .tls = tls});
    auto started = HttpServer::start(std::move(options), std::move(handler), log);
    EXPECT_TRUE(started) << started.error().detail;
    server = std::move(*started);
  }
  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(server->port()) + path;
  }
  std::string secure_url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(server->port()) + "/";
  }
  std::string resolve(const std::string& host) const {
    return host + ":" + std::to_string(server->port()) + ":127.0.0.1";
  }
  CaptureLog log;
  std::unique_ptr<HttpServer> server;
};

std::unique_ptr<HttpClient> client_with(HttpClientOptions options) {
  auto client = make_http_client(std::move(options));
  EXPECT_TRUE(client) << client.error().detail;
  return std::move(*client);
}

std::unique_ptr<HttpClient> local_client() {
  HttpClientOptions options;
  options.egress = *EgressPolicy::with_allowed({"127.0.0.0/8"});
  return client_with(std::move(options));
}

Deadline soon() { return Deadline::after(20s); }

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

TEST(HttpClient, TrustsTheGivenRootsOnly) {
  const TestRoot root = make_test_root();
  const auto context = make_test_server_context(make_test_leaf(root, {"good.test"}));
  Server server(
      [](const HttpExchange& exchange) {
        return HttpReply{200, {}, exchange.tls_server_name};
      },
      context.get());
  const auto ask = [&](const std::string& roots, const std::string& host) {
    HttpClientOptions options;
    options.egress = EgressPolicy::anywhere();
    options.trusted_roots_pem = roots;
    options.resolve = {server.resolve(host)};
    return client_with(std::move(options))->send({.url = server.secure_url(host)}, soon());
  };
  const auto good = ask(root.certificate.to_pem(), "good.test");
  ASSERT_TRUE(good) << good.error().detail;
  EXPECT_EQ(good->body, "good.test");
  for (const auto& [roots, host] : {std::pair{root.certificate.to_pem(), std::string("other.test")},
                                    {make_test_root().certificate.to_pem(), "good.test"},
                                    {std::string(), "good.test"}}) {
    const auto bad = ask(roots, host);
    ASSERT_FALSE(bad) << host;
    EXPECT_EQ(bad.error().code, Code::kDenied);
    EXPECT_EQ(bad.error().id, "tls-not-trusted") << bad.error().detail;
  }
}

TEST(HttpClient, TrustsTheRootsOfTheDirectoryBesideTheGivenOnes) {
  const TestRoot given = make_test_root("Given Root");
  const TestRoot system = make_test_root("System Root");
  const TempDir directory;
  std::ostringstream hash;
  hash << std::hex << std::setw(8) << std::setfill('0')
       << X509_subject_name_hash(system.certificate.native());
  ASSERT_TRUE(
      write_file_atomic(directory.path() / (hash.str() + ".0"), view_bytes(system.certificate.to_pem())));
  for (const TestRoot* root : {&given, &system}) {
    const auto context = make_test_server_context(make_test_leaf(*root, {"good.test"}));
    Server server([](const HttpExchange&) { return HttpReply{}; }, context.get());
    HttpClientOptions options;
    options.egress = EgressPolicy::anywhere();
    options.trusted_roots_pem = given.certificate.to_pem();
    options.trusted_roots_directory = directory.path();
    options.resolve = {server.resolve("good.test")};
    const auto answer =
        client_with(std::move(options))->send({.url = server.secure_url("good.test")}, soon());
    EXPECT_TRUE(answer) << root->certificate.subject() << ": " << answer.error().detail;
  }
}

TEST(HttpClient, ExpiredCertificatesAreRefused) {
  const TestRoot root = make_test_root();
  const auto context = make_test_server_context(make_test_leaf(root, {"old.test"}, -1min));
  Server server([](const HttpExchange&) { return HttpReply{}; }, context.get());
  HttpClientOptions options;
  options.egress = EgressPolicy::anywhere();
  options.trusted_roots_pem = root.certificate.to_pem();
  options.resolve = {server.resolve("old.test")};
  const auto answer = client_with(std::move(options))->send({.url = server.secure_url("old.test")}, soon());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kDenied);
}

TEST(HttpClient, OldTlsIsNotSpoken) {
  const TestRoot root = make_test_root();
  const auto context = make_test_server_context(make_test_leaf(root, {"a.test"}));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
  Server server([](const HttpExchange&) { return HttpReply{}; }, context.get());
  HttpClientOptions options;
  options.egress = EgressPolicy::anywhere();
  options.trusted_roots_pem = root.certificate.to_pem();
  options.resolve = {server.resolve("a.test")};
  EXPECT_FALSE(client_with(std::move(options))->send({.url = server.secure_url("a.test")}, soon()));
}

TEST(HttpClient, ClientCertificateReachesTheHandler) {
  const TestRoot root = make_test_root();
  const TestLeaf member = make_test_leaf(root, {"member.test"});
  const auto context = make_test_server_context(make_test_leaf(root, {"manager.test"}), &root.certificate);
  std::mutex mutex;
  Bytes seen;
  Server server(
      [&](const HttpExchange& exchange) {
        const std::lock_guard hold(mutex);
        seen = exchange.client_certificate;
        return HttpReply{};
      },
      context.get());
  const auto options = [&] {
    HttpClientOptions out;
    out.egress = EgressPolicy::anywhere();
    out.trusted_roots_pem = root.certificate.to_pem();
    out.resolve = {server.resolve("manager.test")};
    return out;
  };
  EXPECT_FALSE(client_with(options())->send({.url = server.secure_url("manager.test")}, soon()));
  HttpClientOptions with = options();
  with.client_certificate_pem = member.certificate.to_pem();
  with.client_key_pem = member.key.to_pkcs8_pem();
  const auto answer = client_with(std::move(with))->send({.url = server.secure_url("manager.test")}, soon());
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(seen, member.certificate.der());
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

#include "net/http_server.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <thread>

#include "base/temp_dir.h"
#include "log/capture_log.h"
#include "net/raw_client.h"
#include "net/recording_server.h"
#include "net/smuggling_table.h"
#include "net/test_tls.h"

namespace certstead {
namespace {

using namespace std::chrono_literals;

std::string ask(std::uint16_t port, std::string_view bytes) {
  RawClient client(port);
  client.send(bytes);
  return client.read_all();
}

const std::string kClose = "Host: a.test\r\nConnection: close\r\n\r\n";

TEST(HttpServer, ARequestReachesTheHandlerWhole) {
  RecordingServer recorder;
  const std::string answer =
      ask(recorder.port(), "POST /a?b=c HTTP/1.1\r\nContent-Length: 3\r\nX-Y: z\r\n" + kClose + "abc");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nseen /a?b=cabc"));
  ASSERT_EQ(recorder.seen().size(), 1U);
  const HttpExchange exchange = recorder.seen()[0];
  EXPECT_EQ(exchange.method, "POST");
  EXPECT_EQ(exchange.path, "/a");
  EXPECT_EQ(exchange.query, "b=c");
  EXPECT_EQ(exchange.host, "a.test");
  EXPECT_EQ(exchange.headers.get("x-y"), "z");
  EXPECT_EQ(exchange.body, "abc");
  EXPECT_EQ(exchange.remote->text(), "127.0.0.1");
  EXPECT_FALSE(exchange.peer);
  EXPECT_FALSE(exchange.tls);
}

TEST(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
  RecordingServer recorder;
  const std::string answer =
      ask(recorder.port(), "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\n" + kClose);
  EXPECT_LT(answer.find("seen /1"), answer.find("seen /2"));
  EXPECT_NE(answer.find("seen /2"), std::string::npos);
}

TEST(HttpServer, NoMalformedRequestReachesTheHandler) {
  RecordingServer recorder;
  for (const MalformedRequest& bad : malformed_requests()) {
    const std::string answer = ask(recorder.port(), bad.bytes);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 4")) << bad.rule << ": " << answer;
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << bad.rule;
    EXPECT_EQ(answer.find("HTTP/1.1 2"), std::string::npos) << bad.rule;
  }
  EXPECT_TRUE(recorder.seen().empty()) << recorder.seen()[0].target;
}

TEST(HttpServer, HeadHasTheHeadersButNoBody) {
  RecordingServer recorder;
  const std::string answer = ask(recorder.port(), "HEAD /a HTTP/1.1\r\n" + kClose);
  EXPECT_NE(answer.find("Content-Length: 7\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(HttpServer, ReplyFramingIsTheServersBusiness) {
  RecordingServer recorder({}, [](const HttpExchange&) {
    return HttpReply{200, {{"Content-Length", "99"}, {"transfer-encoding", "chunked"}, {"Date", "x"}}, "ab"};
  });
  const std::string answer = ask(recorder.port(), "GET / HTTP/1.1\r\n" + kClose);
  EXPECT_NE(answer.find("Content-Length: 2\r\n"), std::string::npos);
  EXPECT_EQ(answer.find("chunked"), std::string::npos);
  EXPECT_EQ(answer.find("99"), std::string::npos);
  EXPECT_EQ(answer.find("Date: x"), std::string::npos);
}

TEST(HttpServer, RepliesThatWouldSplitBecomeInternalErrors) {
  RecordingServer recorder({}, [](const HttpExchange&) {
    return HttpReply{200, {{"X", "a\r\nSet-Cookie: b"}}, ""};
  });
  const std::string answer = ask(recorder.port(), "GET / HTTP/1.1\r\n" + kClose);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
  EXPECT_EQ(answer.find("Set-Cookie"), std::string::npos);
}

TEST(HttpServer, ExceptionsBecomeInternalErrorsWithoutDetail) {
  RecordingServer recorder(
      {}, [](const HttpExchange&) -> HttpReply { throw std::runtime_error("secret detail"); });
  const std::string answer = ask(recorder.port(), "GET / HTTP/1.1\r\n" + kClose);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(answer.find("secret detail"), std::string::npos);
}

TEST(HttpServer, ContinueIsSentWhenAskedFor) {
  RecordingServer recorder;
  RawClient client(recorder.port());
  client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + kClose);
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 200 "));
}

TEST(HttpServer, LongBodiesAreRefusedUnread) {
  HttpServerOptions options;
  options.limits.body_bytes = 10;
  RecordingServer recorder(std::move(options));
  EXPECT_TRUE(ask(recorder.port(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")
                  .starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(ask(recorder.port(),
                  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n")
                  .starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(recorder.seen().empty());
}

TEST(HttpServer, SlowHeadsAreCutOff) {
  HttpServerOptions options;
  options.limits.header_time = 100ms;
  RecordingServer recorder(std::move(options));
  RawClient client(recorder.port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
  EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(recorder.seen().empty());
}

TEST(HttpServer, SlowBodiesAreCutOff) {
  HttpServerOptions options;
  options.limits.body_grace = 100ms;
  RecordingServer recorder(std::move(options));
  RawClient client(recorder.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na");
  EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 408 "));
}

TEST(HttpServer, IdleConnectionsAreClosedSilently) {
  HttpServerOptions options;
  options.limits.idle_time = 100ms;
  RecordingServer recorder(std::move(options));
  RawClient fresh(recorder.port());
  EXPECT_EQ(fresh.read_all(), "");
  RawClient used(recorder.port());
  used.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(used.read_all().ends_with("seen /"));
}

TEST(HttpServer, ConnectionsPerAddressAreCapped) {
  HttpServerOptions options;
  options.limits.connections_per_address = 2;
  RecordingServer recorder(std::move(options));
  RawClient first(recorder.port());
  RawClient second(recorder.port());
  for (RawClient* client : {&first, &second}) {
    client->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(client->read_until("seen /"), "");
  }
  RawClient third(recorder.port());
  EXPECT_TRUE(third.closes());
}

TEST(HttpServer, MoreRequestsThanWorkersAndQueueAreTurnedAway) {
  HttpServerOptions options;
  options.workers = 1;
  options.queued = 0;
  std::mutex mutex;
  std::condition_variable changed;
  bool entered = false;
  bool leave = false;
  RecordingServer recorder(std::move(options), [&](const HttpExchange&) {
    std::unique_lock hold(mutex);
    entered = true;
    changed.notify_all();
    changed.wait(hold, [&] { return leave; });
    return HttpReply{};
  });
  RawClient busy(recorder.port());
  busy.send("GET / HTTP/1.1\r\n" + kClose);
  {
    std::unique_lock hold(mutex);
    changed.wait(hold, [&] { return entered; });
  }
  const std::string answer = ask(recorder.port(), "GET / HTTP/1.1\r\n" + kClose);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
  EXPECT_NE(answer.find("Retry-After: 1"), std::string::npos);
  {
    const std::lock_guard hold(mutex);
    leave = true;
  }
  changed.notify_all();
  EXPECT_TRUE(busy.read_all().starts_with("HTTP/1.1 200 "));
}

TEST(HttpServer, StopLetsARunningRequestEnd) {
  std::stop_source entered;
  RecordingServer recorder({}, [&](const HttpExchange& exchange) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock hold(mutex);
    entered.request_stop();
    changed.wait(hold, exchange.stop, [] { return false; });
    return HttpReply{200, {}, "finished"};
  });
  RawClient idle(recorder.port());
  RawClient client(recorder.port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock hold(mutex);
    changed.wait(hold, entered.get_token(), [] { return false; });
  }
  recorder.server().stop();
  EXPECT_TRUE(client.read_all().ends_with("finished"));
  EXPECT_TRUE(idle.closes());
}

TEST(HttpServer, UnixSocketsHaveTheirModeAndTellThePeer) {
  const TempDir dir;
  const auto path = dir.path() / "api.sock";
  HttpServerOptions options;
  options.listeners.push_back({.unix_path = path});
  RecordingServer recorder(std::move(options));
  struct stat entry {};
  ASSERT_EQ(::stat(path.c_str(), &entry), 0);
  EXPECT_EQ(entry.st_mode & 07777, 0660U);
  RawClient client(path);
  client.send("GET / HTTP/1.1\r\n" + kClose);
  EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 200 "));
  ASSERT_EQ(recorder.seen().size(), 1U);
  ASSERT_TRUE(recorder.seen()[0].peer);
  EXPECT_EQ(recorder.seen()[0].peer->uid, ::getuid());
  EXPECT_EQ(recorder.seen()[0].peer->pid, ::getpid());
  EXPECT_FALSE(recorder.seen()[0].remote);
  recorder.server().stop();
  EXPECT_FALSE(std::filesystem::exists(path));
}

Result<std::unique_ptr<HttpServer>> start_on(const std::filesystem::path& path, LogSink& log) {
  HttpServerOptions options;
  options.listeners.push_back({.unix_path = path});
  return HttpServer::start(
      std::move(options), [](const HttpExchange&) { return HttpReply{}; }, log);
}

TEST(HttpServer, DeadSocketsAreReplacedLivingOnesAreNot) {
  const TempDir dir;
  const auto path = dir.path() / "api.sock";
  CaptureLog log;
  auto first = start_on(path, log);
  ASSERT_TRUE(first);
  const auto second = start_on(path, log);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kConflict);
  // What a killed server leaves behind.
  ASSERT_EQ(::link(path.c_str(), (dir.path() / "dead.sock").c_str()), 0);
  first->reset();
  EXPECT_TRUE(start_on(dir.path() / "dead.sock", log));
}

TEST(HttpServer, OtherFilesAreNeverReplacedBySockets) {
  const TempDir dir;
  const auto path = dir.path() / "data";
  ASSERT_TRUE(write_file_atomic(path, view_bytes("precious")));
  CaptureLog log;
  EXPECT_FALSE(start_on(path, log));
  EXPECT_EQ(*read_text_file(path), "precious");
}

TEST(HttpServer, AddressInUseIsAConflictThatNamesIt) {
  RecordingServer recorder;
  CaptureLog log;
  HttpServerOptions options;
  options.listeners.push_back({.address = "127.0.0.1", .port = recorder.port()});
  const auto again = HttpServer::start(
      std::move(options), [](const HttpExchange&) { return HttpReply{}; }, log);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kConflict);
  EXPECT_NE(again.error().detail.find(std::to_string(recorder.port())), std::string::npos);
}

TEST(HttpServer, ContradictingListenersAreInvalid) {
  CaptureLog log;
  for (const HttpListener& listener :
       {HttpListener{}, HttpListener{.unix_path = "/tmp/x", .address = "127.0.0.1"},
        HttpListener{.address = "nowhere"}, HttpListener{.unix_path = std::string(200, 'x')}}) {
    HttpServerOptions options;
    options.listeners.push_back(listener);
    const auto started = HttpServer::start(
        std::move(options), [](const HttpExchange&) { return HttpReply{}; }, log);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Code::kInvalid);
  }
}

TEST(HttpServer, PlainTextToATlsPortIsCutOff) {
  const TestRoot root = make_test_root();
  const auto context = make_test_server_context(make_test_leaf(root, {"a.test"}));
  HttpServerOptions options;
  options.listeners.push_back({.address = "127.0.0.1", .tls = context.get()});
  RecordingServer recorder(std::move(options));
  ask(recorder.port(), "GET / HTTP/1.1\r\n" + kClose);
  EXPECT_TRUE(recorder.seen().empty());
}

TEST(HttpServer, SilentTlsClientsAreCutOff) {
  const TestRoot root = make_test_root();
  const auto context = make_test_server_context(make_test_leaf(root, {"a.test"}));
  HttpServerOptions options;
  options.listeners.push_back({.address = "127.0.0.1", .tls = context.get()});
  options.limits.tls_time = 100ms;
  RecordingServer recorder(std::move(options));
  RawClient client(recorder.port());
  EXPECT_TRUE(client.closes());
}

}  // namespace
}  // namespace certstead

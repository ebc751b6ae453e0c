#include "dns/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dns/stub_client.h"

namespace certstead {
namespace {

using testing::HasSubstr;
using testing::Not;

Deadline soon() { return Deadline::after(std::chrono::seconds{60}); }

HttpResponse redirect_to(const std::string& where) {
  HttpResponse response;
  response.status = 302;
  response.headers = {{"Location", where}};
  return response;
}

ExchangeCall get(const std::string& url) {
  ExchangeCall call;
  call.step = "lookup";
  call.request.url = url;
  call.request.headers = {{"Authorization", "Bearer tok-en-1"}, {"X-Api-Key", "tok-en-1"}};
  return call;
}

struct World {
  explicit World(StubClient::Answer answer) : open(answer), named(answer) {}
  Exchange exchange(DnsTrace trace = {}) {
    return {{&open, &named},
            {.hosts = {"api.example.com", "*.zone.example.com"}, .origins = {"http://10.0.0.5:8081"}},
            std::move(trace)};
  }
  StubClient open, named;
};

HttpResponse fine(const HttpRequest& /*request*/) {
  HttpResponse response;
  response.status = 200;
  response.body = "{}";
  return response;
}

TEST(Exchange, ReachesItsOwnHostsOnly) {
  World world(fine);
  const Exchange exchange = world.exchange();
  for (const char* const url : {"https://api.example.com/x", "https://a.zone.example.com/x"}) {
    EXPECT_TRUE(exchange.send(get(url), {}, soon())) << url;
  }
  EXPECT_EQ(world.open.seen.size(), 2U);
  EXPECT_TRUE(exchange.send(get("http://10.0.0.5:8081/x"), {}, soon()));
  EXPECT_EQ(world.named.seen.size(), 1U);
  for (const char* const url :
       {"http://api.example.com/x", "https://api.example.com:8443/x", "https://evil.test/x",
        "https://api.example.com.evil.test/", "https://zone.example.com/", "https://a.b.zone.example.com/",
        "http://127.0.0.1/", "http://169.254.169.254/latest/", "https://10.0.0.5:8081/",
        "http://10.0.0.5:8082/", "https://user@api.example.com/"}) {
    const auto sent = exchange.send(get(url), {}, soon());
    ASSERT_FALSE(sent) << url;
    EXPECT_THAT(sent.error().detail, HasSubstr("lookup: GET"));
  }
  EXPECT_EQ(world.open.seen.size() + world.named.seen.size(), 3U);
}

TEST(Exchange, FollowsRedirectsToAllowedHostsAndTakesNoHeaderAlong) {
  World world([](const HttpRequest& request) {
    return request.url == "https://api.example.com/" ? redirect_to("https://b.zone.example.com/there")
                                                     : fine(request);
  });
  ASSERT_TRUE(world.exchange().send(get("https://api.example.com/"), {}, soon()));
  ASSERT_EQ(world.open.seen.size(), 2U);
  EXPECT_TRUE(world.open.seen[0].headers.has("X-Api-Key"));
  EXPECT_TRUE(world.open.seen[1].headers.empty());
}

TEST(Exchange, FollowsNoRedirectElsewhere) {
  for (const char* const where :
       {"http://127.0.0.1/", "http://169.254.169.254/latest/meta-data/", "https://evil.test/",
        "http://api.example.com/", "http://10.0.0.5:8081/", "file:///etc/passwd"}) {
    World world([&](const HttpRequest&) { return redirect_to(where); });
    const auto sent = world.exchange().send(get("https://api.example.com/"), {}, soon());
    ASSERT_FALSE(sent) << where;
    EXPECT_EQ(sent.error().code, Code::kDenied) << where;
    EXPECT_EQ(world.open.seen.size() + world.named.seen.size(), 1U) << where;
  }
  World loop([](const HttpRequest& request) { return redirect_to(request.url); });
  EXPECT_FALSE(loop.exchange().send(get("https://api.example.com/"), {}, soon()));
  EXPECT_EQ(loop.open.seen.size(), 6U);
}

TEST(Exchange, ChangesAreNeverRedirected) {
  World world([](const HttpRequest&) { return redirect_to("https://api.example.com/there"); });
  ExchangeCall call = get("https://api.example.com/");
  call.request.method = "POST";
  const auto sent = world.exchange().send(call, {}, soon());
  ASSERT_TRUE(sent);
  EXPECT_EQ(world.open.seen.size(), 1U);
  EXPECT_THAT(Exchange::refusal(call, *sent, "", {}).detail, HasSubstr("not followed"));
}

TEST(Exchange, HeadersCantBeginAnotherLine) {
  World world(fine);
  ExchangeCall call = get("https://api.example.com/");
  call.request.headers.set("X-Name", "a\r\nX-Evil: 1");
  const auto sent = world.exchange().send(call, {}, soon());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::kInvalid);
  EXPECT_TRUE(world.open.seen.empty());
}

TEST(Exchange, TraceAndErrorsHoldNoSecret) {
  World world([](const HttpRequest&) {
    HttpResponse response;
    response.status = 403;
    response.body = R"({"message":"bad token tok-en-1"})";
    return response;
  });
  Redactor redactor;
  redactor.add("tok-en-1");
  std::string trace;
  const Exchange exchange = world.exchange([&](const DnsTraceLine& line) { trace += line.text + "\n"; });
  ExchangeCall call = get("https://api.example.com/tok-en-1/x?key=tok-en-1");
  const auto sent = exchange.send(call, redactor, soon());
  ASSERT_TRUE(sent);
  const Error error = Exchange::refusal(call, *sent, "bad token tok-en-1", redactor);
  EXPECT_EQ(error.code, Code::kDenied);
  EXPECT_EQ(error.detail,
            "lookup: GET https://api.example.com/[redacted]/x: the provider answers 403 Forbidden: \"bad "
            "token [redacted]\"");
  EXPECT_THAT(trace, Not(HasSubstr("tok-en-1")));
  EXPECT_THAT(trace, HasSubstr("> GET https://api.example.com/"));
  EXPECT_THAT(trace, HasSubstr("< 403 Forbidden"));
}

TEST(Exchange, TellsStatusesApartAndWhenToComeBack) {
  const struct {
    int status;
    Code code;
  } kCases[] = {{400, Code::kInvalid},    {401, Code::kDenied},  {403, Code::kDenied},
                {404, Code::kInvalid},    {429, Code::kLimited}, {500, Code::kUnavailable},
                {503, Code::kUnavailable}};
  for (const auto& one : kCases) {
    HttpResponse response;
    response.status = one.status;
    response.headers = {{"Retry-After", "99999999999"}};
    const Error error = Exchange::refusal(get("https://api.example.com/"), response, "", {});
    EXPECT_EQ(error.code, one.code) << one.status;
    const bool later = one.code == Code::kLimited || one.code == Code::kUnavailable;
    EXPECT_EQ(error.retry_after.has_value(), later) << one.status;
    if (later) {
      EXPECT_EQ(*error.retry_after, std::chrono::hours{24});
    }
  }
}

// The real clients: the address decides, whatever the definition says.
TEST(Exchange, ReachesPrivateAddressesForServersThatTheAccountNamesOnly) {
  const auto clients = make_exchange_clients();
  ASSERT_TRUE(clients);
  const Exchange exchange(
      clients->view(),
      {.hosts = {"localhost.example.com"}, .origins = {"http://127.0.0.1:1", "http://169.254.169.254"}}, {});
  const auto near = exchange.send(get("http://127.0.0.1:1/"), {}, soon());
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().code, Code::kUnavailable) << near.error().detail;  // nobody listens there
  const auto metadata = exchange.send(get("http://169.254.169.254/"), {}, soon());
  ASSERT_FALSE(metadata);
  EXPECT_EQ(metadata.error().code, Code::kDenied) << metadata.error().detail;
}

TEST(Exchange, KnowsWhatANameOfAHostIs) {
  for (const char* const good : {"api.example.com", "*.example.com", "a-b.example.com:8443"})
    EXPECT_TRUE(is_allowed_host_pattern(good)) << good;
  for (const char* const bad : {"", "*", "*.com", "localhost", "127.0.0.1", "a.*.com", "Api.example.com",
                                "https://a.test", "a.test/", "a..test", "a.test:x"})
    EXPECT_FALSE(is_allowed_host_pattern(bad)) << bad;
}

}  // namespace
}  // namespace certstead

#include "gateway/proxy_headers.h"

#include <gtest/gtest.h>

#include "gateway/redirect.h"

namespace certstead {
namespace {

Http1Head request_with(HttpHeaders headers) {
  Http1Head head;
  head.method = "GET";
  head.target = "/a";
  head.headers = std::move(headers);
  return head;
}

std::string passed_on(HttpHeaders headers) {
  RequestTarget target;
  target.target = target.path = "/a";
  target.host = "site.test";
  return upstream_request(request_with(std::move(headers)), target, "192.0.2.7").bytes;
}

bool has_line(const std::string& bytes, const std::string& line) {
  return bytes.find("\r\n" + line + "\r\n") != std::string::npos;
}

TEST(ProxyHeaders, HopByHopFieldsGoNoFurther) {
  const std::string out = passed_on({{"Connection", "keep-alive, X-Mine"},
                                     {"Keep-Alive", "timeout=5"},
                                     {"Proxy-Connection", "x"},
                                     {"Proxy-Authorization", "secret"},
                                     {"TE", "trailers"},
                                     {"Trailer", "X"},
                                     {"Upgrade", "websocket"},
                                     {"x-mine", "1"},
                                     {"X-Kept", "2"}});
  EXPECT_EQ(out,
            "GET /a HTTP/1.1\r\nHost: site.test\r\nX-Kept: 2\r\nX-Forwarded-For: 192.0.2.7\r\n"
            "X-Forwarded-Proto: https\r\nX-Forwarded-Host: site.test\r\n\r\n");
}

TEST(ProxyHeaders, TheClientCannotSpeakForTheGateway) {
  const std::string out = passed_on({{"X-Forwarded-For", "127.0.0.1"},
                                     {"x-forwarded-proto", "http"},
                                     {"X_Forwarded_For", "127.0.0.1"},
                                     {"X-Forwarded-Host", "other.test"},
                                     {"X-Forwarded-Anything", "1"},
                                     {"Forwarded", "for=127.0.0.1"},
                                     {"X-Real-IP", "127.0.0.1"},
                                     {"Connection", "X-Forwarded-For, X-Forwarded-Proto, Host"}});
  EXPECT_TRUE(has_line(out, "X-Forwarded-For: 192.0.2.7"));
  EXPECT_TRUE(has_line(out, "X-Forwarded-Proto: https"));
  EXPECT_TRUE(has_line(out, "X-Forwarded-Host: site.test"));
  EXPECT_TRUE(has_line(out, "Host: site.test"));
  for (const char* foreign : {"127.0.0.1", "other.test", "Anything", ": http\r"}) {
    EXPECT_EQ(out.find(foreign), std::string::npos) << foreign;
  }
}

TEST(ProxyHeaders, FramingIsWrittenAnew) {
  RequestTarget target;
  target.target = "/";
  target.host = "a";
  Http1Head chunked = request_with({{"Transfer-Encoding", "Chunked"}});
  chunked.chunked = true;
  const OutgoingHead first = upstream_request(chunked, target, "");
  EXPECT_EQ(first.framing, BodyFraming::kChunked);
  EXPECT_TRUE(has_line(first.bytes, "Transfer-Encoding: chunked"));
  Http1Head sized = request_with({{"Content-Length", "007"}, {"Connection", "Content-Length"}});
  sized.content_length = 7;
  const OutgoingHead second = upstream_request(sized, target, "");
  EXPECT_EQ(second.framing, BodyFraming::kLength);
  EXPECT_TRUE(has_line(second.bytes, "Content-Length: 7"));
}

Http1Head answer_with(int status, HttpHeaders headers) {
  Http1Head head;
  head.status = status;
  head.headers = std::move(headers);
  return head;
}

TEST(ProxyHeaders, AnswersLoseTheirHopByHopFields) {
  const HttpHeaders out = client_headers(answer_with(
      200, {{"Connection", "close, X-Inner"}, {"X-Inner", "1"}, {"Set-Cookie", "a"}, {"Set-Cookie", "b"}}));
  EXPECT_FALSE(out.has("Connection"));
  EXPECT_FALSE(out.has("X-Inner"));
  EXPECT_EQ(out.count("Set-Cookie"), 2U);
  EXPECT_EQ(out.count("Date"), 1U);
}

TEST(ProxyHeaders, AnswerFramingFollowsTheClient) {
  const Http1Head open = answer_with(200, {});
  EXPECT_EQ(client_response(open, {}, {}).framing, BodyFraming::kChunked);
  EXPECT_EQ(client_response(open, {}, {.http10 = true}).framing, BodyFraming::kClose);
  EXPECT_EQ(client_response(open, {}, {.to_head = true}).framing, BodyFraming::kNone);
  EXPECT_EQ(client_response(answer_with(304, {}), {}, {}).framing, BodyFraming::kNone);
  Http1Head sized = answer_with(200, {});
  sized.content_length = 5;
  const OutgoingHead to_head = client_response(sized, {}, {.to_head = true});
  EXPECT_EQ(to_head.framing, BodyFraming::kNone);
  EXPECT_TRUE(has_line(to_head.bytes, "Content-Length: 5"));
  EXPECT_TRUE(has_line(client_response(sized, {}, {.keep_alive = false}).bytes, "Connection: close"));
}

HttpReply redirected(const std::string& method, const std::string& host, std::uint16_t port) {
  HttpExchange exchange;
  exchange.method = method;
  exchange.target = "/a?b";
  exchange.host = host;
  return redirect_to_https(exchange, port);
}

TEST(Redirect, MethodsAreKept) {
  EXPECT_EQ(redirected("GET", "a.test", 443).status, 301);
  EXPECT_EQ(redirected("HEAD", "a.test", 443).status, 301);
  EXPECT_EQ(redirected("POST", "a.test", 443).status, 308);
  EXPECT_EQ(redirected("DELETE", "a.test", 443).status, 308);
}

TEST(Redirect, PortsAreReplaced) {
  EXPECT_EQ(redirected("GET", "A.test:8080", 443).headers.get("Location"), "https://a.test/a?b");
  EXPECT_EQ(redirected("GET", "a.test", 8443).headers.get("Location"), "https://a.test:8443/a?b");
  EXPECT_EQ(redirected("GET", "[2001:db8::1]:80", 8443).headers.get("Location"),
            "https://[2001:db8::1]:8443/a?b");
  EXPECT_EQ(redirected("GET", "[2001:db8::1]", 443).headers.get("Location"), "https://[2001:db8::1]/a?b");
}

TEST(Redirect, NobodyIsSentToNowhere) {
  for (const char* host : {"", "a.test/b", "a@b", "a b"})
    EXPECT_EQ(redirected("GET", host, 443).status, 400) << host;
}

}  // namespace
}  // namespace certstead

#include "net/http1_parser.h"

#include <gtest/gtest.h>

#include "net/http1_request.h"
#include "net/smuggling_table.h"

namespace certstead {
namespace {

struct Read {
  std::vector<Http1Head> heads;
  std::vector<std::string> bodies;
  std::optional<Error> error;
  std::size_t used = 0;
};

// Parses `bytes` in pieces of `step`, message after message.
Read read_all(Http1Parser::Kind kind, std::string_view bytes, std::size_t step,
              Http1Parser::Limits limits = {}) {
  Http1Parser parser(kind, limits);
  Read out;
  std::string body;
  bool in_body = false;
  while (out.used < bytes.size() || in_body) {
    auto progress = parser.feed(bytes.substr(out.used, step), body);
    if (!progress) {
      out.error = progress.error();
      return out;
    }
    out.used += progress->used;
    if (progress->event == Http1Parser::Event::kHead) {
      out.heads.push_back(parser.head());
      in_body = true;
    } else if (progress->event == Http1Parser::Event::kEnd) {
      out.bodies.push_back(std::exchange(body, {}));
      parser.begin();
      in_body = false;
    } else if (progress->used == 0) {
      return out;  // wants more than there is
    }
  }
  return out;
}

Read read_requests(std::string_view bytes, std::size_t step = 100000) {
  return read_all(Http1Parser::Kind::kRequest, bytes, step);
}
Read read_responses(std::string_view bytes, std::size_t step = 100000) {
  return read_all(Http1Parser::Kind::kResponse, bytes, step);
}

TEST(Http1Parser, PipelinedRequestsComeApartAtAnySplit) {
  const std::string bytes =
      "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nT: "
      "v\r\n\r\n"
      "GET /d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const Read read = read_requests(bytes, step);
    ASSERT_FALSE(read.error) << step << ": " << read.error->detail;
    ASSERT_EQ(read.heads.size(), 4U) << step;
    EXPECT_EQ(read.bodies, (std::vector<std::string>{"", "hello", "abcde", ""})) << step;
    EXPECT_EQ(read.heads[2].target, "/c");
    EXPECT_TRUE(read.heads[2].keep_alive);
    EXPECT_FALSE(read.heads[3].keep_alive);
  }
}

TEST(Http1Parser, TrailersAreDropped) {
  const Read read =
      read_requests("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Late: 1\r\n\r\n");
  ASSERT_EQ(read.bodies.size(), 1U);
  EXPECT_FALSE(read.heads[0].headers.has("X-Late"));
}

TEST(Http1Parser, UpgradeRequestsAreOrdinaryRequests) {
  const Read read = read_requests(
      "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
      "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_EQ(read.heads.size(), 2U);
  EXPECT_EQ(read.heads[1].target, "/next");
}

TEST(Http1Parser, NoMalformedRequestIsRead) {
  EXPECT_GE(malformed_requests().size(), 60U);
  for (const MalformedRequest& bad : malformed_requests()) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{100000}}) {
      const Read read = read_requests(bad.bytes, step);
      const bool refused = read.error || (!read.heads.empty() && !check_request(read.heads[0]));
      EXPECT_TRUE(refused) << bad.rule << ", " << step << " bytes at a time";
      EXPECT_LE(read.bodies.size(), read.error ? 0U : 1U) << bad.rule;
    }
  }
}

TEST(Http1Parser, TooLongHeadIsLimitedNotInvalid) {
  const std::string line = "X: " + std::string(1000, 'a') + "\r\n";
  std::string bytes = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 17; ++i) bytes += line;
  const Read read = read_requests(bytes + "\r\n", 1460);
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, Code::kLimited);
  EXPECT_EQ(refusal_status(*read.error), 431);
}

TEST(Http1Parser, HeadOfExactlyTheLimitPasses) {
  const std::string frame = "GET / HTTP/1.1\r\nHost: x\r\nX: \r\n\r\n";
  const auto request = [&](std::size_t size) {
    return "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(size - frame.size(), 'a') + "\r\n\r\n";
  };
  EXPECT_EQ(read_requests(request(16 * 1024)).heads.size(), 1U);
  EXPECT_TRUE(read_requests(request(16 * 1024 + 1)).error);
}

TEST(Http1Parser, HundredAndFirstHeaderIsRefused) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 99; ++i) bytes += "X: y\r\n";
  EXPECT_EQ(read_requests(bytes + "\r\n").heads.size(), 1U);
  const Read read = read_requests(bytes + "X: y\r\n\r\n");
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, Code::kLimited);
}

TEST(Http1Parser, EndlessChunkExtensionIsRefused) {
  const std::string start = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;";
  const Read read = read_requests(start + std::string(20000, 'a'), 1000);
  EXPECT_TRUE(read.error);
}

TEST(Http1Parser, EndlessTrailersAreRefused) {
  std::string bytes = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
  for (int i = 0; i < 3000; ++i) bytes += "X: yyyyy\r\n";
  EXPECT_TRUE(read_requests(bytes, 1000).error);
}

TEST(Http1Parser, ResponsesEndByLengthChunksOrClose) {
  const Read read = read_responses(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
      "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
      "HTTP/1.1 204 No Content\r\n\r\n"
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n");
  ASSERT_FALSE(read.error) << read.error->detail;
  EXPECT_EQ(read.bodies, (std::vector<std::string>{"hi", "x", "", ""}));
  Http1Parser parser(Http1Parser::Kind::kResponse, {});
  std::string body;
  const std::string open = "HTTP/1.0 200 OK\r\n\r\nuntil the end";
  const auto head = parser.feed(open, body);
  ASSERT_TRUE(head);
  EXPECT_TRUE(parser.feed(std::string_view(open).substr(head->used), body));
  EXPECT_FALSE(parser.head().keep_alive);
  EXPECT_TRUE(parser.finish());
  EXPECT_EQ(body, "until the end");
}

TEST(Http1Parser, ResponseToHeadHasNoBody) {
  Http1Parser parser(Http1Parser::Kind::kResponse, {});
  parser.begin(true);
  std::string body;
  const auto head = parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", body);
  ASSERT_TRUE(head);
  EXPECT_EQ(parser.feed("", body)->event, Http1Parser::Event::kEnd);
}

TEST(Http1Parser, CutResponseIsNoSuccess) {
  for (const char* bytes :
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "HTTP/1.1 200 OK\r\nA"}) {
    Http1Parser parser(Http1Parser::Kind::kResponse, {});
    std::string body;
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const auto progress = parser.feed(rest, body);
      ASSERT_TRUE(progress);
      rest.remove_prefix(progress->used);
    }
    EXPECT_FALSE(parser.finish()) << bytes;
  }
}

TEST(Http1Parser, MalformedResponsesAreRefused) {
  for (const char* bytes : {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n",
                            "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
                            "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/2 200\r\n\r\n",
                            "HTTP/1.1 99 Low\r\n\r\n", "hello\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n"}) {
    EXPECT_TRUE(read_responses(bytes).error) << bytes;
  }
}

TEST(CheckRequest, TargetsAreTakenApart) {
  const Read read = read_requests("GET http://A.test:80/p?q=1?2 HTTP/1.1\r\nHost: a.test:80\r\n\r\n");
  ASSERT_EQ(read.heads.size(), 1U);
  const auto target = check_request(read.heads[0]);
  ASSERT_TRUE(target) << target.error().detail;
  EXPECT_EQ(target->target, "/p?q=1?2");
  EXPECT_EQ(target->path, "/p");
  EXPECT_EQ(target->query, "q=1?2");
  EXPECT_EQ(target->host, "a.test:80");
}

TEST(CheckRequest, AuthoritiesAreChecked) {
  for (const char* good : {"a", "a.test", "a.test:1", "1.2.3.4:80", "[::1]", "[fe80::1]:65535", "a_b.test"}) {
    EXPECT_TRUE(is_authority(good)) << good;
  }
  for (const char* bad : {"", ":80", "a:", "a:0", "a:65536", "a:x", "a b", "[::1", "[1.2.3.4]", "::1", "a/b",
                          "a,b", "a:123456", "[::1]x"}) {
    EXPECT_FALSE(is_authority(bad)) << bad;
  }
}

}  // namespace
}  // namespace certstead

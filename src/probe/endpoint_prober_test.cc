// Watched addresses as the watch sees them: a real TLS server on loopback.
#include "probe/endpoint_prober.h"

#include <gtest/gtest.h>

#include "log/capture_log.h"
#include "net/loopback_server.h"
#include "net/test_tls.h"

namespace certstead {
namespace {

struct Site {
  explicit Site(const TestLeaf& leaf) : tls(make_test_server_context(leaf)) {
    server = loopback_server([](const HttpExchange&) { return HttpReply{}; }, log, tls.get());
  }
  UrlWatch watch(const std::string& name) const {
    UrlWatch out = parse_watch("127.0.0.1:" + std::to_string(server->port())).value();
    out.server_name = name;
    out.roots = "store";
    return out;
  }
  NullLog log;
  std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> tls;
  std::unique_ptr<HttpServer> server;
};

std::string findings_of(const UrlWatch& watch, const std::string& roots) {
  const Instant now = SystemClock().now();
  EndpointProber prober("");
  const auto seen = prober.probe(watch, roots, now, Deadline::after(std::chrono::seconds(5)));
  std::string out;
  for (const Finding& finding : watch_findings(watch, seen, std::nullopt, now)) out += finding.id + " ";
  return out;
}

TEST(EndpointProber, JudgesWhatAServerReallyServes) {
  const TestRoot root = make_test_root();
  const Site site(make_test_leaf(root, {"www.example.test"}));
  const std::string pem = root.certificate.to_pem();
  EXPECT_EQ(findings_of(site.watch("www.example.test"), pem), "");
  EXPECT_EQ(findings_of(site.watch("other.example.test"), pem), "wrong-name ");
  EXPECT_EQ(findings_of(site.watch("www.example.test"), make_test_root("Other").certificate.to_pem()),
            "chain-untrusted ");
  const Site soon(make_test_leaf(root, {"www.example.test"}, std::chrono::hours(1)));
  EXPECT_EQ(findings_of(soon.watch("www.example.test"), pem), "expires-soon ");
  const Site over(make_test_leaf(root, {"www.example.test"}, -std::chrono::hours(1)));
  EXPECT_EQ(findings_of(over.watch("www.example.test"), pem), "expired ");
}

TEST(EndpointProber, NobodyThereIsAFindingAndAnUnknownProtocolIsRefused) {
  UrlWatch watch = parse_watch("127.0.0.1:9").value();
  EXPECT_EQ(findings_of(watch, ""), "no-handshake ");
  watch.starttls = "smtp";
  EXPECT_TRUE(EndpointProber("").check(watch));
  watch.starttls = "irc";
  EXPECT_EQ(EndpointProber("").check(watch).error().id, "watch-starttls");
}

}  // namespace
}  // namespace certstead

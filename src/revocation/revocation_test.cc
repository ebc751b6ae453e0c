// Against lists and responses that the openssl program makes, and its responder as a real server.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "log/capture_log.h"
#include "net/loopback_server.h"
#include "revocation/http_revocation_source.h"
#include "revocation/ocsp.h"
#include "revocation/openssl_ca_testing.h"
#include "revocation/places.h"

namespace certstead {
namespace {

using testing::HasSubstr;

const std::string kCrl = "http://127.0.0.1:9/list.crl";

Instant now() { return SystemClock().now(); }

std::unique_ptr<HttpClient> loopback_client() {
  HttpClientOptions options;
  options.egress = EgressPolicy::with_allowed({"127.0.0.0/8"}).value();
  return make_http_client(std::move(options)).value();
}

// The id of what keeps the list from being believed for `leaf`; "good" or "revoked".
std::string verdict(const Result<Crl>& list, const Certificate& leaf, const Certificate& issuer,
                    Instant at = now(), const std::string& url = kCrl) {
  if (!list) return list.error().id;
  const Status believed = list->believe(issuer, url, at);
  if (!believed) return believed.error().id;
  const auto answer = list->answer(leaf);
  return answer ? std::string(revocation_status_name(answer->status)) : answer.error().id;
}

TEST(Crl, TellsGoodFromRevokedWithTimeAndReason) {
  OpensslCa ca(kCrl, "");
  const Certificate good = ca.issue("good");
  const Certificate bad = ca.issue("bad");
  ca.revoke("bad", "keyCompromise");
  const auto list = Crl::parse(ca.crl());
  EXPECT_EQ(verdict(list, good, ca.root()), "good");
  EXPECT_EQ(verdict(list, bad, ca.root()), "revoked");
  const RevocationAnswer answer = list->answer(bad).value();
  EXPECT_EQ(answer.reason, 1);
  ASSERT_TRUE(answer.revoked_at);
  EXPECT_LT(now() - *answer.revoked_at, std::chrono::minutes(10));
}

TEST(Crl, IsBelievedFromItsIssuerWithinItsDatesAndFromItsPlaceOnly) {
  OpensslCa ca(kCrl, "");
  OpensslCa other(kCrl, "");
  const Certificate leaf = ca.issue("leaf");
  const auto list = Crl::parse(ca.crl());
  EXPECT_EQ(verdict(list, leaf, other.root()), "crl-signature");  // the same name, another key
  EXPECT_EQ(verdict(list, leaf, leaf), "crl-issuer");
  EXPECT_EQ(verdict(list, leaf, ca.root(), now() + std::chrono::days(8)), "crl-stale");
  EXPECT_EQ(verdict(list, leaf, ca.root(), now() - std::chrono::hours(1)), "crl-early");
  const auto elsewhere = Crl::parse(ca.crl("-crldays 7 -crlexts idp_elsewhere"));
  EXPECT_EQ(verdict(elsewhere, leaf, ca.root()), "crl-place");
  EXPECT_EQ(verdict(elsewhere, leaf, ca.root(), now(), "http://elsewhere.example.test/other.crl"), "good");
}

TEST(Crl, RefusesWhatItDoesNotUnderstand) {
  OpensslCa ca(kCrl, "");
  EXPECT_EQ(Crl::parse(ca.crl("-crldays 7 -crlexts idp_indirect")).error().id, "crl-indirect");
  EXPECT_EQ(Crl::parse(ca.crl("-crldays 7 -crlexts delta")).error().id, "crl-delta");
  EXPECT_EQ(Crl::parse(ca.crl("-crldays 7 -crlexts odd")).error().id, "crl-extension");
  Bytes bytes = ca.crl();
  EXPECT_EQ(Crl::parse(BytesView(bytes).first(bytes.size() - 1)).error().id, "crl-garbage");
  bytes.push_back(0);
  EXPECT_EQ(Crl::parse(bytes).error().id, "crl-garbage");
  EXPECT_EQ(Crl::parse({}).error().id, "crl-garbage");
}

std::string verdict(const Result<RevocationAnswer>& answer) {
  return answer ? std::string(revocation_status_name(answer->status)) : answer.error().id;
}

TEST(Ocsp, BelievesTheIssuerAndWhomItCertifiedForIt) {
  OpensslCa ca("", "http://127.0.0.1:9/");
  const Certificate leaf = ca.issue("leaf");
  ca.issue("responder", "OCSPSigning");
  EXPECT_EQ(verdict(judge_ocsp(ca.ocsp_response("leaf", "ca"), leaf, ca.root(), now())), "good");
  EXPECT_EQ(verdict(judge_ocsp(ca.ocsp_response("leaf", "responder"), leaf, ca.root(), now())), "good");
  ca.revoke("leaf", "superseded");
  const auto revoked = judge_ocsp(ca.ocsp_response("leaf", "responder"), leaf, ca.root(), now());
  ASSERT_TRUE(revoked) << revoked.error().detail;
  EXPECT_EQ(revoked->status, RevocationStatus::kRevoked);
  EXPECT_EQ(revoked->reason, 4);
}

TEST(Ocsp, RefusesOthersOldAnswersAndAnswersAboutOthers) {
  OpensslCa ca("", "http://127.0.0.1:9/");
  const Certificate leaf = ca.issue("leaf");
  const Certificate second = ca.issue("second");
  ca.issue("neighbour");
  const Bytes by_neighbour = ca.ocsp_response("leaf", "neighbour");
  EXPECT_EQ(verdict(judge_ocsp(by_neighbour, leaf, ca.root(), now())), "ocsp-signature");
  const Bytes good = ca.ocsp_response("leaf", "ca");
  EXPECT_EQ(verdict(judge_ocsp(good, second, ca.root(), now())), "ocsp-other");
  EXPECT_EQ(verdict(judge_ocsp(good, leaf, ca.root(), now() + std::chrono::days(2))), "ocsp-stale");
  OpensslCa impostor("", "http://127.0.0.1:9/");
  EXPECT_EQ(verdict(judge_ocsp(good, leaf, impostor.root(), now())), "ocsp-signature");
  EXPECT_EQ(verdict(judge_ocsp(BytesView(good).first(good.size() / 2), leaf, ca.root(), now())),
            "ocsp-garbage");
}

TEST(Places, AreHttpOnly) {
  OpensslCa secret("ldap://127.0.0.1/cn=a", "https://127.0.0.1/ocsp");
  OpensslCa ca(kCrl, "http://127.0.0.1:9/ocsp", "http://127.0.0.1:9/ca.der");
  const RevocationPlaces places = places_of(ca.issue("leaf"));
  EXPECT_EQ(places.crls, (std::vector<std::string>{kCrl}));
  EXPECT_EQ(places.responders, (std::vector<std::string>{"http://127.0.0.1:9/ocsp"}));
  EXPECT_EQ(places.issuers, (std::vector<std::string>{"http://127.0.0.1:9/ca.der"}));
  const RevocationPlaces none = places_of(secret.issue("leaf"));
  EXPECT_TRUE(none.crls.empty() && none.responders.empty());
}

// An HTTP server on loopback that answers each path with fixed bytes and counts.
struct Site {
  Site() {
    server = loopback_server(
        [this](const HttpExchange& http) {
          ++asked;
          const auto found = pages.find(http.path);
          return found == pages.end() ? HttpReply{404, {}, ""} : HttpReply{200, {}, found->second};
        },
        log);
  }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server->port()) + path;
  }
  NullLog log;
  std::map<std::string, std::string> pages;
  std::atomic<int> asked{0};
  std::unique_ptr<HttpServer> server;
};

TEST(Source, KeepsAListUntilItEndsAndNeverCallsAStaleOneGood) {
  Site site;
  OpensslCa ca(site.url("/list.crl"), "");
  const Certificate leaf = ca.issue("leaf");
  site.pages["/list.crl"] = to_text(ca.crl());
  const auto http = loopback_client();
  HttpRevocationSource source(*http);
  const std::vector<Bytes> chain = {leaf.der(), ca.root().der()};
  const auto ask = [&](Instant at) {
    return source.ask(chain, at, Deadline::after(std::chrono::seconds(10)));
  };
  EXPECT_EQ(ask(now()).status, RevocationStatus::kGood);
  EXPECT_EQ(ask(now() + std::chrono::days(6)).status, RevocationStatus::kGood);
  EXPECT_EQ(site.asked, 1);
  const RevocationAnswer late = ask(now() + std::chrono::days(8));
  EXPECT_EQ(late.status, RevocationStatus::kUnknown);
  EXPECT_THAT(late.detail, HasSubstr("the CRL ended at"));
  EXPECT_EQ(site.asked, 2);
}

TEST(Source, AListWithoutEndIsCutOffAndNothingIsKnown) {
  Site site;
  OpensslCa ca(site.url("/list.crl"), "");
  const Certificate leaf = ca.issue("leaf");
  site.pages["/list.crl"] = std::string((std::size_t{10} << 20) + 1, 'x');
  const auto http = loopback_client();
  HttpRevocationSource source(*http);
  const RevocationAnswer answer =
      source.ask({leaf.der(), ca.root().der()}, now(), Deadline::after(std::chrono::seconds(20)));
  EXPECT_EQ(answer.status, RevocationStatus::kUnknown);
  EXPECT_THAT(answer.detail, HasSubstr("127.0.0.1"));
}

TEST(Source, AServerThatHangsIsUnknownAfterTheDeadline) {
  const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(listening, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(listening, 4), 0);  // connections are taken, nobody answers
  socklen_t size = sizeof(address);
  ::getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size);
  const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
  OpensslCa ca(url + "list.crl", url);
  const Certificate leaf = ca.issue("leaf");
  const auto http = loopback_client();
  RevocationLimits limits;
  limits.one_call = Duration{300};
  HttpRevocationSource source(*http, nullptr, limits);
  const RevocationAnswer answer =
      source.ask({leaf.der(), ca.root().der()}, now(), Deadline::after(std::chrono::seconds(5)));
  EXPECT_EQ(answer.status, RevocationStatus::kUnknown);
  EXPECT_THAT(answer.detail, HasSubstr("in time"));
  ::close(listening);
}

TEST(Source, PrivateAddressesAreNotAskedUnlessAllowed) {
  Site site;
  OpensslCa ca(site.url("/list.crl"), "");
  const Certificate leaf = ca.issue("leaf");
  const auto http = make_http_client({}).value();
  HttpRevocationSource source(*http);
  const RevocationAnswer answer =
      source.ask({leaf.der(), ca.root().der()}, now(), Deadline::after(std::chrono::seconds(5)));
  EXPECT_EQ(answer.status, RevocationStatus::kUnknown);
  EXPECT_THAT(answer.detail, HasSubstr("not allowed"));
  EXPECT_EQ(site.asked, 0);
}

TEST(Source, FetchesAMissingIssuerAndTakesTheOneThatSigned) {
  Site site;
  OpensslCa ca(site.url("/list.crl"), "", site.url("/ca.p7c"));
  OpensslCa other("", "");
  const Certificate leaf = ca.issue("leaf");
  ca.openssl("crl2pkcs7 -nocrl -certfile ca.pem -outform DER -out ca.p7c");
  site.pages["/ca.p7c"] = to_text(ca.bytes("ca.p7c"));
  site.pages["/list.crl"] = to_text(ca.crl());
  const auto http = loopback_client();
  HttpRevocationSource source(*http);
  const Deadline deadline = Deadline::after(std::chrono::seconds(10));
  EXPECT_EQ(source.fetch_issuers(leaf.der(), deadline).value(), (std::vector<Bytes>{ca.root().der()}));
  EXPECT_EQ(source.ask({leaf.der()}, now(), deadline).status, RevocationStatus::kGood);
  site.pages["/ca.p7c"] = to_text(other.root().der());
  EXPECT_TRUE(source.fetch_issuers(leaf.der(), deadline).value().empty());
}

TEST(Source, WithoutPlacesNothingIsOffered) {
  OpensslCa ca("", "");
  const auto http = loopback_client();
  HttpRevocationSource source(*http);
  const Certificate leaf = ca.issue("leaf");
  EXPECT_EQ(source.ask({leaf.der(), ca.root().der()}, now(), Deadline::after(std::chrono::seconds(1))).status,
            RevocationStatus::kNotOffered);
}

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  socklen_t size = sizeof(address);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

TEST(Source, AsksARealResponder) {
  const std::uint16_t port = free_port();
  OpensslCa ca("", "http://127.0.0.1:" + std::to_string(port));
  const Certificate good = ca.issue("good");
  const Certificate bad = ca.issue("bad");
  ca.issue("responder", "OCSPSigning");
  ca.revoke("bad", "cessationOfOperation");
  const OpensslResponder responder(ca, port);
  const auto http = loopback_client();
  HttpRevocationSource source(*http);
  const auto ask = [&](const Certificate& leaf) {
    return source.ask({leaf.der(), ca.root().der()}, now(), Deadline::after(std::chrono::seconds(5)));
  };
  RevocationAnswer answer = ask(good);
  EXPECT_EQ(answer.status, RevocationStatus::kGood) << answer.detail;
  answer = ask(bad);
  EXPECT_EQ(answer.status, RevocationStatus::kRevoked) << answer.detail;
  EXPECT_EQ(answer.reason, 5);
  const auto staple_for = [&](const Certificate& leaf) {
    return source.fetch_staple({leaf.der(), ca.root().der()}, now(),
                               Deadline::after(std::chrono::seconds(60)));
  };
  const auto staple = staple_for(good);
  ASSERT_TRUE(staple && *staple);
  EXPECT_TRUE(judge_ocsp((*staple)->response, good, ca.root(), now()));
  EXPECT_GT((*staple)->next_update, (*staple)->this_update);
  EXPECT_EQ(staple_for(bad).error().id, "revoked");
}

class OneRoot final : public TrustedRoots {
 public:
  explicit OneRoot(const Certificate& root) { root_.certificate = root.der(); }
  Status add_root(const TrustedRoot&, const AuditNote&) override { return invalid("there is one"); }
  Result<std::vector<TrustedRoot>> list_roots() override { return std::vector{root_}; }
  Status delete_root(std::string_view, const AuditNote&) override { return invalid("it stays"); }

 private:
  TrustedRoot root_;
};

// The chain of what a root itself issues is its leaf alone.
TEST(Source, IssuerIsLookedForAmongTheRoots) {
  const std::uint16_t port = free_port();
  OpensslCa ca("", "http://127.0.0.1:" + std::to_string(port)), other("", "");
  const Certificate leaf = ca.issue("leaf");
  ca.issue("responder", "OCSPSigning");
  const OpensslResponder responder(ca, port);
  const auto http = loopback_client();
  const auto staple = [&](const Certificate& root) {
    OneRoot roots(root);
    return HttpRevocationSource(*http, &roots)
        .fetch_staple({leaf.der()}, now(), Deadline::after(std::chrono::seconds(60)));
  };
  ASSERT_TRUE(staple(ca.root()) && *staple(ca.root()));
  // Of the same name, but it signed nothing.
  EXPECT_EQ(staple(other.root()).error().id, "issuer-unknown");
}

TEST(Source, CertificateWithoutAResponderHasNoStaple) {
  const auto http = loopback_client();
  OpensslCa ca(kCrl, "");
  const auto staple = HttpRevocationSource(*http).fetch_staple(
      {ca.issue("leaf").der(), ca.root().der()}, now(), Deadline::after(std::chrono::seconds(5)));
  ASSERT_TRUE(staple);
  EXPECT_FALSE(*staple);
}

}  // namespace
}  // namespace certstead

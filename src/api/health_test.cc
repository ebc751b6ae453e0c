// Health, notifications and roots over the interface.
#include <gmock/gmock.h>

#include "api/scene_testing.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class FakeChainInspector final : public ChainInspector {
 public:
  Result<ChainReport> inspect(const std::vector<Bytes>&, const std::vector<TrustedRoot>&, Instant) override {
    ChainReport report;
    report.root_known = true;
    report.top_issuer = "CN=Example Root";
    return report;
  }
  Result<std::string> key_id(BytesView) override { return std::string("a1b2"); }
  Result<std::vector<Bytes>> complete(const std::vector<Bytes>& chain, const std::vector<Bytes>&,
                                      const std::vector<TrustedRoot>&, Instant) override {
    return chain;
  }
};

class FakeRevocation final : public RevocationSource {
 public:
  RevocationAnswer ask(const std::vector<Bytes>&, Instant now, Deadline) override {
    return {RevocationStatus::kRevoked, "http://ca.example.test/list", "", now, 1, {}};
  }
  Result<std::vector<Bytes>> fetch_issuers(BytesView, Deadline) override { return std::vector<Bytes>(); }
};

class FakeProber final : public Prober {
 public:
  Status check(const UrlWatch&) override { return Done{}; }
  Result<ProbeFacts> probe(const UrlWatch&, const std::string&, Instant, Deadline) override {
    return unavailable("nobody listens");
  }
};

class FakeNotifier final : public Notifier {
 public:
  Status send(const NotifyTarget&, const SecretBytes&, const Message& message, Deadline) override {
    tests += message.test ? 1 : 0;
    return Done{};
  }
  int tests = 0;
};

// The scene with a watch in it.
struct HealthScene : ApiScene {
  HealthScene()
      : health{context, chain_inspector, revocation, prober, notifier},
        desk(health),
        notify(health),
        roots(health),
        watch(health, {}),
        watched(
            {requests, accounts, issuers, exports, manual, deployments, cas, store->jobs(), store->audit(),
             store->members(), store->settings(), scheduler, &views, clock, &desk, &notify, &roots, &watch},
            {}, log) {}
  Answer ask(const std::string& method, const std::string& target, const std::string& body = "") {
    HttpExchange http;
    http.method = method;
    http.target = target;
    http.path = target.substr(0, target.find('?'));
    http.query = target.size() > http.path.size() ? target.substr(http.path.size() + 1) : "";
    http.headers = {{"Content-Type", "application/json"}};
    http.body = body;
    http.peer = PeerCredentials{1000, 1000, 4242};
    const HttpReply reply = watched.handle(http);
    return {reply.status, reply.headers, reply.body, {}};
  }
  FakeChainInspector chain_inspector;
  FakeRevocation revocation;
  FakeProber prober;
  FakeNotifier notifier;
  HealthContext health;
  HealthDesk desk;
  NotifyDesk notify;
  RootsDesk roots;
  Watch watch;
  Api watched;
};

TEST(HealthApi, ChecksNowAndShowsTheRevokedOneInBothPlaces) {
  HealthScene scene;
  scene.request("www.example.test");
  scene.activate("www.example.test", scene.clock.now() + std::chrono::hours(24 * 80));
  const Answer checked = scene.ask("POST", "/api/v1/health/check", "{}");
  EXPECT_EQ(checked.status, 200) << checked.body;
  EXPECT_THAT(checked.body, AllOf(HasSubstr(R"("overall":"red")"), HasSubstr(R"("id":"revoked")")));
  EXPECT_THAT(scene.ask("GET", "/api/v1/health?name=www.example.test").body, HasSubstr("keyCompromise"));
  EXPECT_EQ(scene.ask("GET", "/api/v1/health?name=none.test").status, 404);
  const std::string shown = scene.ask("GET", "/api/v1/sets/www.example.test").body;
  EXPECT_THAT(shown,
              AllOf(HasSubstr(R"("revocation":{"status":"revoked")"), HasSubstr(R"("overall":"red")")));
  EXPECT_THAT(scene.ask("GET", "/metrics").body, HasSubstr("certstead_sets{health=\"red\"} 1\n"));
}

TEST(HealthApi, WatchesAreAddedListedAndRemoved) {
  HealthScene scene;
  const std::string body = R"({"address":"mail.example.test:587","server_name":"mx.example.test"})";
  EXPECT_EQ(scene.ask("POST", "/api/v1/health/watches", body).status, 201);
  EXPECT_EQ(scene.ask("POST", "/api/v1/health/watches", body).status, 409);
  EXPECT_EQ(scene.ask("POST", "/api/v1/health/watches", R"({"address":"a b"})").status, 400);
  EXPECT_EQ(scene.ask("POST", "/api/v1/health/watches", R"({"adress":"a.test"})").status, 400);
  EXPECT_THAT(scene.ask("GET", "/api/v1/health/watches").body,
              HasSubstr(R"("name":"mail.example.test:587","host":"mail.example.test","port":587)"));
  EXPECT_EQ(scene.ask("DELETE", "/api/v1/health/watches/mail.example.test:587").status, 204);
  EXPECT_EQ(scene.ask("DELETE", "/api/v1/health/watches/mail.example.test:587").status, 404);
}

TEST(HealthApi, WatchesAskForIdnsInALabels) {
  HealthScene scene;
  const auto add = [&](const std::string& name) {
    return scene.ask("POST", "/api/v1/health/watches",
                     R"({"address":"192.0.2.1","server_name":")" + name + R"("})");
  };
  EXPECT_EQ(add("b\xc3\xbc x.example").status, 400);
  EXPECT_THAT(add("b\xc3\xbc"
                  "cher.example")
                  .body,
              HasSubstr(R"("server_name":"xn--bcher-kva.example")"));
}

TEST(HealthApi, SettingsChangeOneByOneAndStayInTheirRange) {
  HealthScene scene;
  EXPECT_THAT(scene.ask("PUT", "/api/v1/settings/health", R"({"watch_hours":6})").body,
              AllOf(HasSubstr(R"("watch_hours":6)"), HasSubstr(R"("failures":2)")));
  EXPECT_THAT(scene.ask("GET", "/api/v1/settings/health").body, HasSubstr(R"("watch_hours":6)"));
  EXPECT_EQ(scene.ask("PUT", "/api/v1/settings/health", R"({"watch_hours":0})").status, 400);
}

TEST(HealthApi, ATargetNeverShowsItsSecret) {
  HealthScene scene;
  const Answer added = scene.ask("POST", "/api/v1/notify/targets",
                                 R"({"name":"mail","kind":"mail","server":"smtp.test:587","to":["a@b.test"],)"
                                 R"("user":"u","secret":"planted-password"})");
  EXPECT_EQ(added.status, 201) << added.body;
  EXPECT_THAT(added.body, HasSubstr(R"("has_secret":true)"));
  const std::string listed = scene.ask("GET", "/api/v1/notify/targets").body;
  EXPECT_THAT(listed + added.body, AllOf(Not(HasSubstr("planted")), HasSubstr(R"("waiting":0)")));
  EXPECT_EQ(scene.ask("POST", "/api/v1/notify/targets/mail/test", "{}").status, 200);
  EXPECT_EQ(scene.notifier.tests, 1);
  EXPECT_EQ(scene.ask("POST", "/api/v1/notify/targets/none/test", "{}").status, 404);
  EXPECT_EQ(scene.ask("DELETE", "/api/v1/notify/targets/mail").status, 204);
}

TEST(HealthApi, RootsShowKindKeyIdAndUse) {
  HealthScene scene;
  const std::string pem = R"({"pem":"-----BEGIN CERTIFICATE-----","name":"Example"})";
  EXPECT_EQ(scene.ask("POST", "/api/v1/roots", pem).status, 201);
  EXPECT_THAT(
      scene.ask("GET", "/api/v1/roots/Example").body,
      AllOf(HasSubstr(R"("kind":"root")"), HasSubstr(R"("key_id":"a1b2")"), HasSubstr(R"("used_by":0)")));
  EXPECT_EQ(scene.ask("GET", "/api/v1/roots/None").status, 404);
  EXPECT_THAT(scene.ask("POST", "/api/v1/roots/rechain", R"({"dry_run":true})").body,
              HasSubstr(R"("chains":[])"));
}

TEST(HealthApi, WithoutAWatchItSaysSo) {
  ApiScene scene;
  EXPECT_EQ(scene.get("/api/v1/health").status, 503);
}

}  // namespace
}  // namespace certstead

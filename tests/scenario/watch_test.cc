// The watch over a whole manager: what it finds, what it tells, and that nothing is lost or told twice.
#include <gmock/gmock.h>

#include "crypto/issue.h"
#include "tlscache/test_handshake.h"
#include "tlscache/tls_cache.h"
#include "watch_scene.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Watch, LooksAtWhatWasIssuedAtOnceAndThenEverySixHours) {
  Scene scene;
  scene.manager.issue({"www.example.test"}, {"p256", "rsa2048"});
  scene.round();
  EXPECT_EQ(scene.revocation.asked, 2);
  scene.round(std::chrono::hours(5));
  EXPECT_EQ(scene.revocation.asked, 2);
  scene.round(std::chrono::hours(1));
  EXPECT_EQ(scene.revocation.asked, 4);
  EXPECT_TRUE(scene.manager.show("www.example.test").checks.front().checked_at);
}

TEST(Watch, NamesAnUnknownRootOnceForManySetsUntilItIsAdded) {
  Scene scene;
  scene.manager.issue({"a.example.test"});
  scene.manager.issue({"b.example.test"});
  scene.round();
  const HealthView open = scene.desk->view("").value();
  EXPECT_EQ(open.overall, Health::kYellow);
  EXPECT_EQ(open.yellow, 2U);
  scene.trust(scene.manager.ca.root());
  ASSERT_TRUE(scene.desk->make_due(""));
  scene.round();
  EXPECT_THAT(scene.ids(), IsEmpty());
  EXPECT_EQ(scene.roots->list().value().front().used_by, 2);
}

TEST(Watch, TellsARevokedOneOnceAndThatItIsOver) {
  Scene scene;
  scene.trust(scene.manager.ca.root());
  scene.add_mail();
  scene.manager.issue({"www.example.test"});
  EXPECT_THAT(scene.round(), IsEmpty());
  scene.revocation.answer = {
      RevocationStatus::kRevoked, "http://ca.test/list", "", scene.manager.clock.now(), 1, {}};
  EXPECT_THAT(scene.round(std::chrono::hours(6)), ElementsAre("new revoked www.example.test"));
  EXPECT_THAT(scene.round(), IsEmpty());
  scene.restart();
  EXPECT_THAT(scene.round(), IsEmpty());
  EXPECT_THAT(scene.manager.show("www.example.test").health.reasons, Contains(HasSubstr("keyCompromise")));
  // A later answer that is none does not take it back.
  scene.revocation.answer = {RevocationStatus::kUnknown, "", "no answer", {}, {}, {}};
  scene.round(std::chrono::hours(6));
  EXPECT_THAT(scene.ids(), ElementsAre("revoked"));
  scene.revocation.answer = {RevocationStatus::kGood, "", "", {}, {}, {}};
  ASSERT_TRUE(scene.manager.requests->renew("www.example.test", true, scene.manager.actor));
  scene.manager.run_due();
  EXPECT_THAT(scene.round(), ElementsAre("over revoked www.example.test"));
  EXPECT_THAT(scene.notifier.secrets, Contains("mail-password"));
}

TEST(Watch, NothingIsLostWhileTheMailServerIsDownNorOverARestart) {
  Scene scene;
  scene.trust(scene.manager.ca.root());
  scene.add_mail();
  scene.manager.issue({"www.example.test"});
  scene.round();
  scene.revocation.answer = {RevocationStatus::kRevoked, "", "", scene.manager.clock.now(), 4, {}};
  scene.notifier.down = true;
  EXPECT_THAT(scene.round(std::chrono::hours(6)), IsEmpty());
  EXPECT_EQ(scene.notify->list().value().front().waiting, 1);
  scene.restart();
  scene.notifier.down = false;
  EXPECT_THAT(scene.round(Duration{1'000}), IsEmpty());  // the next try is a minute later
  EXPECT_THAT(scene.round(), ElementsAre("new revoked www.example.test"));
  EXPECT_EQ(scene.notify->list().value().front().waiting, 0);
}

TEST(Watch, AFailingRenewalIsToldAfterTheSecondFailure) {
  Scene scene;
  scene.trust(scene.manager.ca.root());
  scene.add_mail();
  const SetView view = scene.manager.issue({"www.example.test"});
  scene.manager.ca.fail_with(unavailable("the CA does not answer"));
  scene.manager.clock.set(*view.set.renew_at);
  scene.manager.renew_due();
  EXPECT_THAT(scene.round(Duration{1'000}), IsEmpty());
  scene.manager.clock.advance(std::chrono::hours(3));
  scene.manager.run_due();
  EXPECT_THAT(scene.round(), ElementsAre("new renewal-failing www.example.test"));
}

TEST(Watch, TellsTheAbsenceOfSuccessAndItsOwnSilence) {
  Scene scene;
  scene.trust(scene.manager.ca.root());
  scene.add_mail();
  const SetView view = scene.manager.issue({"www.example.test"});
  scene.round();
  // Nobody renews, nothing fails, and the watch itself stood still.
  scene.manager.clock.set(*view.set.renew_at + std::chrono::days(2));
  EXPECT_THAT(scene.ids(), Contains("watch-stalled"));
  scene.restart();
  EXPECT_THAT(scene.round(), AllOf(Contains("new watch-silent this manager"),
                                   Contains("new renewal-overdue www.example.test"),
                                   Contains("new no-renewal-success this manager")));
}

TEST(Watch, ADigestWaitsForItsHour) {
  Scene scene;
  scene.add_mail();
  HealthSettings settings = scene.desk->settings().value();
  settings.notify.digest = true;
  ASSERT_TRUE(scene.desk->change_settings(settings, scene.manager.actor));
  scene.manager.clock.set(parse_rfc3339("2027-01-15T12:00:00Z").value());
  scene.manager.issue({"www.example.test"});
  EXPECT_THAT(scene.round(), IsEmpty());
  scene.manager.clock.set(parse_rfc3339("2027-01-16T08:00:00Z").value());
  EXPECT_THAT(scene.round(), ElementsAre("new chain-incomplete www.example.test"));
}

TEST(Watch, LooksAtAddressesOnceADayKeepsTheLastTwoLooksAndIsRed) {
  Scene scene;
  scene.add_mail();
  UrlWatch wrong = parse_watch("www.example.test").value();
  wrong.starttls = "irc";
  EXPECT_FALSE(scene.desk->add_watch(wrong, scene.manager.actor));
  ASSERT_TRUE(scene.desk->add_watch(parse_watch("www.example.test").value(), scene.manager.actor));
  EXPECT_THAT(scene.round(), ElementsAre("new no-handshake watch www.example.test:443"));
  EXPECT_EQ(scene.desk->view("").value().overall, Health::kRed);
  ProbeFacts good;
  good.verified = good.names_server = true;
  good.leaf.not_before = scene.manager.clock.now();
  good.leaf.not_after = scene.manager.clock.now() + std::chrono::days(90);
  scene.prober.seen = good;
  EXPECT_THAT(scene.round(std::chrono::minutes(16)),
              ElementsAre("over no-handshake watch www.example.test:443"));
  const WatchRecord record = scene.desk->watches().value().front();
  EXPECT_THAT(record.last->findings, IsEmpty());
  ASSERT_TRUE(record.before);
  EXPECT_EQ(record.before->findings.front().id, "no-handshake");
  EXPECT_EQ(record.next_check - record.last->at, std::chrono::hours(24));
}

TEST(Watch, ChangedTermsAreTold) {
  Scene scene;
  scene.trust(scene.manager.ca.root());
  scene.add_mail();
  scene.manager.ca.set_terms("https://ca.test/terms-1");
  RequestInput input = scene.manager.input({"www.example.test"});
  input.agree_tos = true;
  ASSERT_TRUE(scene.manager.requests->request(input, scene.manager.actor));
  scene.manager.run_due();
  scene.round();
  scene.manager.ca.set_terms("https://ca.test/terms-2");
  scene.round(std::chrono::hours(25));
  EXPECT_THAT(scene.ids(), Contains("terms-changed"));
}

TEST(Watch, AHeartbeatIsCalledRegularly) {
  Scene scene;
  NotifyTarget target;
  target.name = target.kind = "webhook";
  target.url = "https://hooks.test/";
  target.heartbeat = true;
  EXPECT_EQ(scene.notify->add(target, SecretBytes(view_bytes("short")), scene.manager.actor).error().id,
            "webhook-secret");
  ASSERT_TRUE(scene.notify->add(target, SecretBytes(view_bytes("0123456789abcdef")), scene.manager.actor));
  EXPECT_THAT(scene.round(), ElementsAre("webhook heartbeat"));
  EXPECT_THAT(scene.round(), IsEmpty());
  EXPECT_THAT(scene.round(std::chrono::hours(1)), ElementsAre("webhook heartbeat"));
}

TEST(Notify, RefusesWhatCouldNeverWork) {
  Scene scene;
  const auto id_of = [&](const std::function<void(NotifyTarget&)>& change, std::string_view password) {
    NotifyTarget target;
    target.name = target.kind = "mail";
    target.server = "smtp.test:587";
    target.to = {"a@example.test"};
    target.user = password.empty() ? "" : "u";
    change(target);
    const auto added = scene.notify->add(target, SecretBytes(view_bytes(password)), scene.manager.actor);
    return added ? std::string("added") : added.error().id;
  };
  EXPECT_EQ(id_of([](NotifyTarget& t) { t.to = {"a@b.test\r\nBcc: c@d.test"}; }, ""), "mail-address");
  EXPECT_EQ(id_of([](NotifyTarget& t) { t.server = "smtp.test"; }, ""), "mail-server");
  EXPECT_EQ(id_of([](NotifyTarget& t) { t.server = "smtp.test/x:25"; }, ""), "mail-server");
  EXPECT_EQ(id_of([](NotifyTarget& t) { t.tls = "none"; }, "secret"), "mail-clear-password");
  EXPECT_EQ(id_of([](NotifyTarget& t) { t.name = "A B"; }, ""), "target-name");
  EXPECT_EQ(id_of([](NotifyTarget&) {}, "secret"), "added");
}

// A root above the CA, which the store learns of only later: the CA's own certificate becomes an
// intermediate.
struct Hierarchy {
  explicit Hierarchy(const Certificate& issuing, Instant now)
      : key(PrivateKey::generate(KeyType::kP256).value()),
        root(issue_certificate(content("Upper Root", key.public_key(), now), key, std::nullopt).value()),
        intermediate(
            issue_certificate(content(issuing.subject_common_name(), issuing.public_key(), now), key, root)
                .value()) {}
  static CertificateTemplate content(const std::string& name, PublicKey public_key, Instant now) {
    return {.common_name = name,
            .dns_names = {},
            .public_key = std::move(public_key),
            .not_before = now - std::chrono::hours(1),
            .not_after = now + std::chrono::days(3650),
            .is_ca = true};
  }
  PrivateKey key;
  Certificate root, intermediate;
};

// What a client that knows `root` alone says of what is served out of the manager's view.
class Client {
 public:
  Client(TestManager& manager, const Certificate& root)
      : manager_(manager), client_(client_context({root})), server_(server_context()) {
    TlsCacheOptions options;
    options.clock = &manager.clock;
    cache_ = TlsCache::open(manager.dir.path() / "view", options).value();
    EXPECT_TRUE(cache_->attach(server_.get(), {}));
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(client_.get()), to_unix_ms(manager.clock.now()) / 1000);
  }
  bool accepts() {
    const auto seq = manager_.store->settings().identity()->seq;
    EXPECT_TRUE(manager_.member->wait_applied(seq, Deadline::after(std::chrono::seconds(10))));
    return shake_hands(client_.get(), server_.get(), {.server_name = "www.example.test"}).ok;
  }

 private:
  TestManager& manager_;
  ContextHandle client_, server_;
  std::unique_ptr<TlsCache> cache_;
};

TEST(Rechain, CompletesAChainAndTheNextHandshakeServesIt) {
  Scene scene;
  TestManager& manager = scene.manager;
  manager.issue({"www.example.test"});
  const CredentialVersion before = manager.show("www.example.test").versions.front();
  const Hierarchy upper(manager.ca.root(), manager.clock.now());
  Client client(manager, upper.root);
  EXPECT_FALSE(client.accepts());
  EXPECT_EQ(scene.roots->rechain("", false, manager.actor)->front().outcome, "open");
  scene.trust(upper.root);
  scene.trust(upper.intermediate);
  const auto dry = scene.roots->rechain("www.example.test", true, manager.actor).value();
  ASSERT_EQ(dry.size(), 1U);
  EXPECT_EQ(dry[0].outcome, "completed");
  EXPECT_EQ(dry[0].after, 2U);
  EXPECT_FALSE(client.accepts());
  EXPECT_EQ(scene.roots->rechain("www.example.test", false, manager.actor)->front().outcome, "completed");
  EXPECT_TRUE(client.accepts());
  const CredentialVersion after = manager.show("www.example.test").versions.front();
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.key.content, before.key.content);
  EXPECT_EQ(after.chain, (std::vector<Bytes>{before.chain.front(), upper.intermediate.der()}));
  EXPECT_EQ(scene.roots->rechain("", false, manager.actor)->front().outcome, "unchanged");
  // The next renewal goes on from there.
  ASSERT_TRUE(manager.requests->renew("www.example.test", true, manager.actor));
  manager.run_due();
  EXPECT_NE(manager.show("www.example.test").versions.front().id, before.id);
}

TEST(Rechain, TakesIssuersFromWhereTheCertificateSays) {
  Scene scene;
  TestManager& manager = scene.manager;
  manager.issue({"www.example.test"});
  const Hierarchy upper(manager.ca.root(), manager.clock.now());
  scene.trust(upper.root);
  scene.revocation.issuers = {upper.intermediate.der()};
  EXPECT_EQ(scene.roots->rechain("", false, manager.actor)->front().outcome, "completed");
  EXPECT_EQ(manager.show("www.example.test").versions.front().chain.size(), 2U);
}

TEST(Rechain, LeavesASetAloneWhoseRenewalIsUnderWay) {
  Scene scene;
  TestManager& manager = scene.manager;
  manager.issue({"www.example.test"});
  const Hierarchy upper(manager.ca.root(), manager.clock.now());
  scene.trust(upper.root);
  scene.trust(upper.intermediate);
  manager.ca.fail_with(unavailable("the CA does not answer"));
  ASSERT_TRUE(manager.requests->renew("www.example.test", true, manager.actor));
  manager.run_due();
  ASSERT_FALSE(manager.show("www.example.test").orders.empty());
  EXPECT_EQ(scene.roots->rechain("", false, manager.actor)->front().outcome, "busy");
  EXPECT_EQ(manager.show("www.example.test").versions.front().chain.size(), 1U);
}

}  // namespace
}  // namespace certstead

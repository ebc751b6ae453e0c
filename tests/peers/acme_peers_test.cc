// The ACME client against real CAs: Pebble in all its moods, and Caddy.
#include <gtest/gtest.h>

#include "acme_client/acme_issuer.h"
#include "acme_client/order_runner.h"
#include "base/encoding.h"
#include "crypto/certificate.h"
#include "peers/caddy_ca.h"
#include "peers/challenge_server.h"
#include "peers/pebble.h"

namespace certstead {
namespace {

using std::chrono::seconds;

constexpr const char* kHosts[] = {"a.acme.test", "b.acme.test", "c.acme.test"};

// An issuer and a registered account at `record`, with the manager's part played.
class Client {
 public:
  Client(IssuerRecord record, ChallengeServer& web, KeyType key_type = KeyType::kP256)
      : issuer(std::move(record)),
        web_(web),
        key(PrivateKey::generate(key_type)->to_der()),
        acme({ca_clients({}), self_check_clients(settings(web.port())), {web.port(), 443}}, clock_, log_),
        runner(acme, {issuer, account, key}) {
    account.issuer = issuer.name;
    account.name = "default";
    runner.now = [this] { return clock_.now(); };
    runner.wait_until = [this](Instant at) { std::this_thread::sleep_for(at - clock_.now()); };
    runner.publish = [this](const ChosenChallenge& one) { web_.publish(one.token, one.key_authorization); };
  }

  AccountAccess access() const { return {issuer, account, key}; }
  Deadline soon() const { return Deadline::after(seconds{30}); }

  Status register_account(const SecretBytes& eab = SecretBytes()) {
    TRY(const DirectoryFacts facts, acme.directory(issuer, soon()));
    account.agreed_terms = facts.terms_of_service;
    const auto registered = patiently<Account>([&] { return acme.register_account(access(), eab, soon()); });
    if (!registered) return registered.error();
    account = *registered;
    return Done{};
  }

  Result<Order> issue(
      const std::vector<std::string>& names, const std::function<void(Order&)>& edit = [](Order&) {}) {
    Order order = new_order(names, clock_.now());
    edit(order);
    runner.last = order;
    return patiently<Order>([&] { return runner.run(runner.last); });
  }

  // What the manager does with a CA that had no usable nonce: the same again.
  template <class T>
  static Result<T> patiently(const std::function<Result<T>()>& what) {
    for (int i = 0;; ++i) {
      Result<T> result = what();
      if (result || result.error().id != "acme-bad-nonce" || i == 20) return result;
    }
  }

  IssuerRecord issuer;
  Account account;

 private:
  static CaClientSettings settings(std::uint16_t port) {
    CaClientSettings out;
    for (const char* host : kHosts)
      out.resolve.push_back(std::string(host) + ":" + std::to_string(port) + ":127.0.0.1");
    return out;
  }
  SystemClock clock_;
  NullLog log_;
  ChallengeServer& web_;

 public:
  SecretBytes key;
  AcmeIssuer acme;
  OrderRunner runner;
};

class PebbleTest : public testing::Test {
 protected:
  void start(PebbleOptions options = {}) {
    if (!PebbleLab::available()) GTEST_SKIP() << "pebble is not installed";
    options.http01_port = web.port();
    auto started = PebbleLab::start(options);
    ASSERT_TRUE(started) << started.error().detail;
    lab.emplace(std::move(*started));
  }
  // Leaf, intermediates, root: each signed by the next.
  void expect_chain(const Order& order, int root = 0) {
    std::vector<Certificate> chain;
    for (const Bytes& der : order.chain) chain.push_back(Certificate::from_der(der).value());
    const auto pem = lab->root_pem(root);
    ASSERT_TRUE(pem) << pem.error().detail;
    chain.push_back(Certificate::from_pem(*pem).value());
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) EXPECT_TRUE(chain[i].is_signed_by(chain[i + 1])) << i;
  }

  ChallengeServer web;
  std::optional<PebbleLab> lab;
};

TEST_F(PebbleTest, IssuesForP256AndRsaAccounts) {
  start();
  if (!lab) return;
  for (const KeyType type : {KeyType::kP256, KeyType::kP384, KeyType::kRsa2048}) {
    Client client(lab->issuer(), web, type);
    ASSERT_TRUE(client.register_account()) << key_type_name(type);
    const auto order = client.issue({"a.acme.test"});
    ASSERT_TRUE(order) << key_type_name(type) << ": " << order.error().detail << "\n" << lab->output();
    expect_chain(*order);
    const Certificate leaf = Certificate::from_der(order->chain[0]).value();
    EXPECT_EQ(leaf.dns_names(), std::vector<std::string>{"a.acme.test"});
    EXPECT_TRUE(leaf.matches(*client.runner.key));
  }
}

TEST_F(PebbleTest, IssuesForSeveralNamesAndAnRsaKey) {
  start();
  if (!lab) return;
  Client client(lab->issuer(), web);
  ASSERT_TRUE(client.register_account());
  const auto order =
      client.issue({kHosts[0], kHosts[1], kHosts[2]}, [](Order& o) { o.key_type = KeyType::kRsa2048; });
  ASSERT_TRUE(order) << order.error().detail << "\n" << lab->output();
  expect_chain(*order);
  EXPECT_GE(web.requests(), 6);  // each name once by us and once by the CA, at least
}

TEST_F(PebbleTest, SurvivesARefusalOfHalfOfAllNonces) {
  start({.nonce_reject = 50});
  if (!lab) return;
  Client client(lab->issuer(), web);
  ASSERT_TRUE(client.register_account());
  for (int i = 0; i < 10; ++i) {
    const auto order = client.issue({"a.acme.test"});
    ASSERT_TRUE(order) << order.error().detail << "\n" << lab->output();
  }
}

TEST_F(PebbleTest, DoesNotChallengeAReusedAuthorizationAgain) {
  start({.authz_reuse = 100});
  if (!lab) return;
  Client client(lab->issuer(), web);
  ASSERT_TRUE(client.register_account());
  ASSERT_TRUE(client.issue({"a.acme.test"}));
  const int before = web.requests();
  client.runner.steps.clear();
  const auto again = client.issue({"a.acme.test"});
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(std::count(client.runner.steps.begin(), client.runner.steps.end(), "answer-challenge"), 0);
  EXPECT_EQ(web.requests(), before);
}

TEST_F(PebbleTest, ChallengesAgainWhereAuthorizationsAreNotReused) {
  start({.authz_reuse = 0});
  if (!lab) return;
  Client client(lab->issuer(), web);
  ASSERT_TRUE(client.register_account());
  ASSERT_TRUE(client.issue({"a.acme.test"}));
  client.runner.steps.clear();
  ASSERT_TRUE(client.issue({"a.acme.test"}));
  EXPECT_EQ(std::count(client.runner.steps.begin(), client.runner.steps.end(), "answer-challenge"), 1);
}

TEST_F(PebbleTest, RevokesOnce) {
  start();
  if (!lab) return;
  Client client(lab->issuer(), web);
  ASSERT_TRUE(client.register_account());
  const auto order = client.issue({"a.acme.test"});
  ASSERT_TRUE(order) << order.error().detail;
  const Status revoked = client.acme.revoke(order->chain[0], 4, client.access(), client.soon());
  EXPECT_TRUE(revoked) << revoked.error().detail;
  EXPECT_EQ(client.acme.revoke(order->chain[0], 4, client.access(), client.soon()).error().code,
            Code::kConflict);
}

TEST_F(PebbleTest, ChangesTheAccountsKeyAndKnowsThatItDid) {
  start();
  if (!lab) return;
  Client client(lab->issuer(), web);
  ASSERT_TRUE(client.register_account());
  const SecretBytes next = PrivateKey::generate(KeyType::kP256)->to_der();
  const Status rolled = client.acme.roll_key(client.access(), next, client.soon());
  ASSERT_TRUE(rolled) << rolled.error().detail;
  // As after a crash before the store knew: the old key is what we have.
  const Status again = client.acme.roll_key(client.access(), next, client.soon());
  EXPECT_TRUE(again) << again.error().detail;
  client.key = next.clone();
  const auto order = client.issue({"a.acme.test"});
  EXPECT_TRUE(order) << order.error().detail;
}

TEST_F(PebbleTest, BindsTheAccountToAnExternalOne) {
  const std::string mac = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
  start({.eab_keys = {{"kid-1", mac}}});
  if (!lab) return;
  Client client(lab->issuer(), web);
  EXPECT_EQ(client.register_account().error().id, "eab-needed");
  client.account.eab_kid = "kid-1";
  EXPECT_FALSE(client.register_account(SecretBytes(Bytes(48, 1))));
  const Status bound = client.register_account(SecretBytes(base64url_decode(mac).value()));
  ASSERT_TRUE(bound) << bound.error().detail << lab->output();
  EXPECT_TRUE(client.issue({"a.acme.test"}));
}

TEST_F(PebbleTest, TakesThePreferredChain) {
  start({.alternate_roots = 2, .chain_length = 2});
  if (!lab) return;
  Client client(lab->issuer(), web);
  ASSERT_TRUE(client.register_account());
  const auto pem = lab->root_pem(2);
  ASSERT_TRUE(pem) << pem.error().detail;
  const std::string wanted = Certificate::from_pem(*pem)->subject_common_name();
  const auto order = client.issue({"a.acme.test"}, [&](Order& o) { o.preferred_chain = wanted; });
  ASSERT_TRUE(order) << order.error().detail;
  EXPECT_EQ(Certificate::from_der(order->chain.back())->issuer_common_name(), wanted);
  expect_chain(*order, 2);
}

TEST_F(PebbleTest, GivesTheReasonWhenTheNameCanNotBeReached) {
  start();
  if (!lab) return;
  Client client(lab->issuer(), web);
  ASSERT_TRUE(client.register_account());
  client.runner.publish = [](const ChosenChallenge&) {};
  const auto checked = client.issue({"a.acme.test"});
  EXPECT_EQ(checked.error().id, "self-check");
  const auto order = client.issue({"a.acme.test"}, [](Order& o) { o.self_check = false; });
  ASSERT_FALSE(order);
  EXPECT_NE(order.error().detail.find("a.acme.test"), std::string::npos) << order.error().detail;
  EXPECT_EQ(order.error().id, "acme-unauthorized");
}

TEST_F(PebbleTest, AsksForTheAccountAgainAfterTheCaForgotIt) {
  start();
  if (!lab) return;
  Client client(lab->issuer(), web);
  ASSERT_TRUE(client.register_account());
  client.account.url += "0";
  const auto order = client.issue({"a.acme.test"});
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().id, "account-gone");
  ASSERT_TRUE(client.register_account());  // found by its key
  EXPECT_TRUE(client.issue({"a.acme.test"}));
}

TEST_F(PebbleTest, DeactivatesTheAccount) {
  start();
  if (!lab) return;
  Client client(lab->issuer(), web);
  ASSERT_TRUE(client.register_account());
  const Status gone = client.acme.deactivate(client.access(), client.soon());
  EXPECT_TRUE(gone) << gone.error().detail;
  EXPECT_FALSE(client.issue({"a.acme.test"}));
}

// Four threads on one issuer, each with orders of its own.
TEST_F(PebbleTest, ServesSeveralThreadsAtOnce) {
  start({.nonce_reject = 5});
  if (!lab) return;
  Client client(lab->issuer(), web);
  ASSERT_TRUE(client.register_account());
  std::atomic<int> issued{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      SystemClock clock;
      for (int i = 0; i < 5; ++i) {
        OrderRunner runner(client.acme, client.access());
        runner.now = client.runner.now;
        runner.wait_until = client.runner.wait_until;
        runner.publish = client.runner.publish;
        runner.last = new_order({"a.acme.test"}, clock.now());
        if (Client::patiently<Order>([&] { return runner.run(runner.last); })) ++issued;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(issued, 20);
}

TEST(CaddyTest, IssuesForLocalhost) {
  if (!CaddyCa::available()) GTEST_SKIP() << "caddy is not installed";
  ChallengeServer web(80);
  if (web.port() == 0) GTEST_SKIP() << "127.0.0.1:80 can't be had";
  const auto ca = CaddyCa::start();
  ASSERT_TRUE(ca) << ca.error().detail;
  Client client(ca->issuer(), web);
  const Status registered = client.register_account();
  ASSERT_TRUE(registered) << registered.error().detail;
  const auto order = client.issue({"localhost"});
  ASSERT_TRUE(order) << order.error().detail << "\n" << ca->output();
  EXPECT_TRUE(Certificate::from_der(order->chain[0])->matches(*client.runner.key));
}

}  // namespace
}  // namespace certstead

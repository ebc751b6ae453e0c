// DNS updates, signed, at real servers.
#include <gmock/gmock.h>

#include <thread>

#include "base/encoding.h"
#include "base/fake_clock.h"
#include "base/text.h"
#include "peers/dns_peer.h"
#include "resolver/rfc2136_provider.h"
#include "support/command.h"

namespace certstead {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

struct Kind {
  std::string name, program;
  Result<DnsPeer> (*start)(const DnsPeerOptions&);
};
const Kind kBind{"Bind", "named", DnsPeer::start_bind}, kKnot{"Knot", "knotd", DnsPeer::start_knot},
    kPowerDns{"PowerDns", "pdns_server", DnsPeer::start_powerdns};

const std::string kUntold =
    "the name, the secret or the algorithm of the key is not what it has, or the clocks differ";
const std::string kName = "_acme-challenge.example.test";

Deadline soon() { return Deadline::after(seconds{120}); }

class DnsUpdates : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (const std::string package = DnsPeer::missing(GetParam().program); !package.empty())
      GTEST_SKIP() << GetParam().program << " is not installed (package " << package << ")";
    clock_.set(SystemClock().now());
    DnsPeerOptions options;
    options.zones = {{"example.test", {}, {kName + ". IN TXT \"foreign\""}, {}}};
    auto started = GetParam().start(options);
    ASSERT_TRUE(started) << started.error().detail;
    peer_.emplace(std::move(*started));
  }
  std::unique_ptr<DnsProvider> provider(const DnsPeerKey& key, const DnsServer& server) {
    DnsAccount account;
    account.settings = {
        {"nameserver", server.text()}, {"tsig_key", key.name}, {"tsig_algorithm", key.algorithm}};
    DnsSecrets secrets;
    secrets.emplace("tsig_secret", SecretBytes(view_bytes(key.secret)));
    return *open_rfc2136(account, secrets, {&clock_, EgressPolicy::anywhere()}, {});
  }
  // PowerDNS answers REFUSED to whatever is wrong with a signature.
  static bool tells_why() { return GetParam().name != kPowerDns.name; }
  std::unique_ptr<DnsProvider> provider() { return provider(peer_->key(), peer_->at()); }
  static TxtRecord value(const std::string& text) { return {kName, "example.test", text}; }
  // The values at the name, as dig reads them.
  std::vector<std::string> seen() const {
    std::vector<std::string> out;
    const std::string text = peer_->dig(kName, "TXT");
    for (const std::string_view line : split(trim(text), '\n')) out.emplace_back(line);
    return out;
  }

  FakeClock clock_;
  std::optional<DnsPeer> peer_;
};

TEST_P(DnsUpdates, TwoValuesLiveAtOneNameAndAForeignOneStays) {
  const auto one = provider();
  for (const std::string text : {"first", "second", "first"}) {
    const auto added = one->add(value(text), soon());
    ASSERT_TRUE(added) << added.error().detail;
  }
  EXPECT_THAT(seen(), UnorderedElementsAre("\"first\"", "\"second\"", "\"foreign\""));
  ASSERT_TRUE(one->remove(value("first"), "", soon()));
  EXPECT_THAT(seen(), UnorderedElementsAre("\"second\"", "\"foreign\""));
  ASSERT_TRUE(one->remove(value("first"), "", soon()));
  ASSERT_TRUE(one->remove(value("second"), "", soon()));
  EXPECT_THAT(seen(), ElementsAre("\"foreign\""));
}

TEST_P(DnsUpdates, TwentyAtTheSameTimeLoseNothing) {
  const auto one = provider();
  const auto all = [&](bool add) {
    std::vector<std::thread> threads;
    std::atomic<int> failures = 0;
    for (int i = 0; i < 20; ++i)
      threads.emplace_back([&, i] {
        const TxtRecord record = value("value " + std::to_string(i));
        const bool done =
            add ? one->add(record, soon()).has_value() : one->remove(record, "", soon()).has_value();
        if (!done) ++failures;
      });
    for (std::thread& thread : threads) thread.join();
    return failures.load();
  };
  EXPECT_EQ(all(true), 0);
  const auto values = seen();
  EXPECT_EQ(values.size(), 21U);
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(std::ranges::count(values, "\"value " + std::to_string(i) + "\""), 1) << i;
  EXPECT_EQ(all(false), 0);
  EXPECT_THAT(seen(), ElementsAre("\"foreign\""));
}

TEST_P(DnsUpdates, AKeyThatTheServerDoesNotTakeIsSaid) {
  DnsPeerKey other = peer_->key();
  other.secret = base64_encode(to_bytes("another secret"));
  const auto wrong_secret = provider(other, peer_->at())->add(value("v"), soon());
  ASSERT_FALSE(wrong_secret);
  EXPECT_EQ(wrong_secret.error().code, Code::kDenied) << wrong_secret.error().detail;
  EXPECT_THAT(wrong_secret.error().detail, HasSubstr(tells_why() ? "BADSIG" : kUntold));
  other.name = "nobody";
  const auto unknown = provider(other, peer_->at())->add(value("v"), soon());
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().detail,
              HasSubstr(tells_why() ? "does not know the TSIG key nobody (hmac-sha256)" : kUntold));
  EXPECT_THAT(seen(), ElementsAre("\"foreign\""));
}

TEST_P(DnsUpdates, AClockThatIsWrongIsSaid) {
  clock_.step(-hours{2});
  const auto behind = provider()->add(value("v"), soon());
  ASSERT_FALSE(behind);
  EXPECT_THAT(behind.error().detail, HasSubstr(tells_why() ? "ahead of ours (BADTIME)" : kUntold));
  EXPECT_THAT(seen(), ElementsAre("\"foreign\""));
}

TEST_P(DnsUpdates, AZoneOfAnotherServerIsSaid) {
  const auto added = provider()->add({"_acme-challenge.other.test", "other.test", "v"}, soon());
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().detail, HasSubstr("other.test")) << added.error().detail;
  EXPECT_NE(added.error().code, Code::kInternal);
}

TEST_P(DnsUpdates, NsupdateAndWeUndoOneAnother) {
  const auto nsupdate = [&](const std::string& line) {
    return run_command("printf 'server 127.0.0.1 " + std::to_string(peer_->at().port) +
                       "\\nzone example.test\\nupdate " + line + "\\nsend\\n' | nsupdate -y " +
                       peer_->key().algorithm + ":" + peer_->key().name + ":" + peer_->key().secret)
        .exit;
  };
  ASSERT_EQ(nsupdate("add " + kName + " 60 TXT theirs"), 0);
  ASSERT_TRUE(provider()->add(value("ours"), soon()));
  EXPECT_THAT(seen(), UnorderedElementsAre("\"theirs\"", "\"ours\"", "\"foreign\""));
  ASSERT_TRUE(provider()->remove(value("theirs"), "", soon()));
  ASSERT_EQ(nsupdate("delete " + kName + " TXT ours"), 0);
  EXPECT_THAT(seen(), ElementsAre("\"foreign\""));
}

TEST_P(DnsUpdates, ANameOutsideThePolicyIsRefused) {
  if (GetParam().name == kPowerDns.name) GTEST_SKIP() << "PowerDNS grants a key whole zones";
  DnsPeerOptions options;
  options.zones = {
      {"example.test", {}, {}, {GetParam().name == kBind.name ? "name " + kName + ". TXT" : kName + "."}}};
  auto strict = GetParam().start(options);
  ASSERT_TRUE(strict) << strict.error().detail;
  const auto one = provider(strict->key(), strict->at());
  EXPECT_TRUE(one->add(value("v"), soon()));
  const auto refused = one->add({"_acme-challenge.www.example.test", "example.test", "v"}, soon());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kDenied);
  const std::string words = GetParam().name == kBind.name ? "its policy has to grant the key upd"
                                                          : "or has no rule that grants it this (BADKEY)";
  EXPECT_THAT(refused.error().detail, HasSubstr(words));
}

INSTANTIATE_TEST_SUITE_P(At, DnsUpdates, testing::Values(kBind, kKnot, kPowerDns),
                         [](const auto& kind) { return kind.param.name; });

class BindUpdates : public DnsUpdates {};

TEST_P(BindUpdates, AllAlgorithmsAreUnderstood) {
  for (const std::string algorithm : {"hmac-sha1", "hmac-sha384", "hmac-sha512"}) {
    DnsPeerOptions options;
    options.zones = {{"example.test", {}, {}, {}}};
    options.key.algorithm = algorithm;
    auto bind = DnsPeer::start_bind(options);
    ASSERT_TRUE(bind) << bind.error().detail;
    const auto added = provider(bind->key(), bind->at())->add(value("v"), soon());
    EXPECT_TRUE(added) << algorithm << ": " << (added ? "" : added.error().detail);
  }
}

TEST_P(BindUpdates, TheZoneIsFoundAtTheServer) {
  ASSERT_TRUE(provider()->add({kName, "", "found"}, soon()));
  EXPECT_THAT(seen(), UnorderedElementsAre("\"found\"", "\"foreign\""));
}

INSTANTIATE_TEST_SUITE_P(At, BindUpdates, testing::Values(kBind),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace certstead

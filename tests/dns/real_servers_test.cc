// Recipes at real servers: PowerDNS with its HTTP interface, Pebble's challenge test server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/text.h"
#include "dns/provider_factory.h"
#include "lab/free_port.h"
#include "peers/dns_peer.h"
#include "support/command.h"

namespace certstead {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

constexpr const char* kName = "_acme-challenge.example.test";

Deadline soon() { return Deadline::after(std::chrono::seconds{120}); }
TxtRecord value(const std::string& text) { return {kName, "example.test", text}; }

class RealServer : public testing::Test {
 protected:
  void SetUp() override {
    clients_ = std::move(*make_exchange_clients());
    factory_ = std::move(*ProviderFactory::make({.clients = clients_.view(), .clock = &clock_}));
  }
  std::unique_ptr<DnsProvider> open(const std::string& code, std::map<std::string, std::string> settings,
                                    const std::string& key) {
    DnsAccount account;
    account.name = "test";
    account.provider = code;
    account.settings = std::move(settings);
    DnsSecrets secrets;
    if (!key.empty()) secrets.emplace("api_key", SecretBytes(view_bytes(key)));
    auto provider = factory_->open(account, secrets, nullptr, {});
    EXPECT_TRUE(provider) << provider.error().detail;
    return std::move(*provider);
  }
  static std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> out;
    for (const std::string_view line : split(trim(text), '\n')) out.emplace_back(line);
    return out;
  }
  SystemClock clock_;
  OwnedClients clients_;
  std::unique_ptr<ProviderFactory> factory_;
};

class PowerDns : public RealServer {
 protected:
  void SetUp() override {
    if (const std::string package = DnsPeer::missing("pdns_server"); !package.empty())
      GTEST_SKIP() << "pdns_server is not installed (package " << package << ")";
    RealServer::SetUp();
    DnsPeerOptions options;
    options.zones = {{"example.test", {}, {std::string(kName) + ". IN TXT \"for\" \"eign\""}, {}}};
    auto started = DnsPeer::start_powerdns(options);
    ASSERT_TRUE(started) << started.error().detail;
    peer_.emplace(std::move(*started));
  }
  std::unique_ptr<DnsProvider> provider(const std::string& key) {
    return open("pdns", {{"api_url", peer_->api_url()}}, key);
  }
  std::vector<std::string> served() { return lines(peer_->dig(kName, "TXT")); }
  std::optional<DnsPeer> peer_;
};

TEST_F(PowerDns, ServesBothValuesAndLosesNoForeignOne) {
  const auto pdns = provider(peer_->api_key());
  const auto first = pdns->add(value("first"), soon());
  ASSERT_TRUE(first) << first.error().detail << peer_->output();
  ASSERT_TRUE(pdns->add(value("second"), soon()));
  ASSERT_TRUE(pdns->add(value("second"), soon()));
  EXPECT_THAT(served(), UnorderedElementsAre("\"first\"", "\"second\"", "\"for\" \"eign\""));
  ASSERT_TRUE(pdns->remove(value("first"), *first, soon()));
  EXPECT_THAT(served(), UnorderedElementsAre("\"second\"", "\"for\" \"eign\""));
  ASSERT_TRUE(pdns->remove(value("second"), "", soon()));
  ASSERT_TRUE(pdns->remove(value("second"), "", soon()));
  EXPECT_THAT(served(), UnorderedElementsAre("\"for\" \"eign\""));
}

TEST_F(PowerDns, ARecordSetOfOursAloneComesAndGoes) {
  const auto pdns = provider(peer_->api_key());
  const TxtRecord record{"_acme-challenge.deep.sub.example.test", "example.test", "only"};
  ASSERT_TRUE(pdns->add(record, soon()));
  EXPECT_EQ(peer_->dig(record.name, "TXT"), "\"only\"\n");
  ASSERT_TRUE(pdns->remove(record, "", soon()));
  EXPECT_EQ(peer_->dig(record.name, "TXT"), "");
}

TEST_F(PowerDns, LosesNothingWhenTwentyOrdersWriteOneName) {
  const auto pdns = provider(peer_->api_key());
  std::vector<std::thread> threads;
  std::vector<std::string> expected = {"\"for\" \"eign\""};
  for (int i = 0; i < 20; ++i) {
    expected.push_back("\"order-" + std::to_string(i) + "\"");
    threads.emplace_back([&, i] {
      const auto added = pdns->add(value("order-" + std::to_string(i)), soon());
      EXPECT_TRUE(added) << added.error().detail;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(served(), UnorderedElementsAreArray(expected));
}

TEST_F(PowerDns, SaysWhatTheServerSays) {
  const auto denied = provider("quite-wrong")->add(value("x"), soon());
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code, Code::kDenied);
  EXPECT_THAT(denied.error().detail, HasSubstr("401 Unauthorized"));
  EXPECT_THAT(denied.error().detail, Not(HasSubstr("quite-wrong")));
  const auto nowhere =
      provider(peer_->api_key())->add({"_acme-challenge.else.test", "else.test", "x"}, soon());
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Code::kInvalid) << nowhere.error().detail;
}

TEST_F(PowerDns, ThatHasGoneIsUnavailable) {
  const auto pdns = provider(peer_->api_key());
  peer_->stop();
  const auto added = pdns->add(value("x"), soon());
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::kUnavailable);
  EXPECT_THAT(added.error().detail, HasSubstr("query: GET http://127.0.0.1:"));
}

class ChallengeTestServer : public RealServer {
 protected:
  void SetUp() override {
    for (const char* const program : {"pebble-challtestsrv", "dig"}) {
      if (!have_program(program))
        GTEST_SKIP() << program << " is not installed (packages pebble, bind9-dnsutils)";
    }
    RealServer::SetUp();
    const auto ports = free_ports(2);
    ASSERT_TRUE(ports);
    management_ = (*ports)[0];
    dns_ = (*ports)[1];
    auto started = Process::start(
        {.command = {"pebble-challtestsrv", "-management", "127.0.0.1:" + std::to_string(management_),
                     "-dns01", "127.0.0.1:" + std::to_string(dns_), "-http01", "", "-https01", "",
                     "-tlsalpn01", ""},
         .environment = {},
         .output = directory_.path() / "output"});
    ASSERT_TRUE(started) << started.error().detail;
    process_ = std::move(*started);
    ASSERT_TRUE(wait_for_port(management_, *process_, std::chrono::seconds{60}));
  }
  TempDir directory_;
  std::optional<Process> process_;
  std::uint16_t management_ = 0, dns_ = 0;
};

TEST_F(ChallengeTestServer, ServesAllValuesOfAName) {
  const auto pebble =
      open("pebble", {{"management_url", "http://127.0.0.1:" + std::to_string(management_)}}, "");
  for (const char* const text : {"first", "second"}) {
    const auto added = pebble->add(value(text), soon());
    ASSERT_TRUE(added) << added.error().detail;
  }
  const CommandEnd dug =
      run_command("dig +short +tries=20 @127.0.0.1 -p " + std::to_string(dns_) + " TXT " + kName);
  EXPECT_THAT(lines(dug.output), UnorderedElementsAre("\"first\"", "\"second\""));
  ASSERT_TRUE(pebble->remove(value("first"), "", soon()));
}

}  // namespace
}  // namespace certstead

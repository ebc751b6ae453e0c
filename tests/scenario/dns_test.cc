// DNS-01 as an administrator runs it: Pebble asks a real BIND, the manager changes its zones by signed
// updates, the validation names are led into a zone of their own.
#include <gmock/gmock.h>

#include <thread>

#include "base/file.h"
#include "peers/dns_peer.h"
#include "support/fleet_processes.h"

namespace certstead {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr const char* kValidation = "_acme-challenge.example.test";
constexpr const char* kTarget = "proof.validation.example";
constexpr const char* kForeign = "\"somebody else's\"";

#define NEED(program)                                                             \
  do {                                                                            \
    if (const std::string package = DnsPeer::missing(program); !package.empty())  \
      GTEST_SKIP() << program << " is not installed (package " << package << ")"; \
  } while (false)

// example.test, whose validation name leads to validation.example; only the latter may be changed.
DnsPeer start_bind() {
  DnsPeerOptions options;
  options.zones = {
      {"example.test",
       {"ns1.example.test"},
       {std::string(kValidation) + ". IN CNAME " + kTarget + "."},
       {"name nobody.example.test. TXT"}},
      {"validation.example", {"ns1.example.test"}, {std::string(kTarget) + ". IN TXT " + kForeign}, {}}};
  options.recursion = true;
  auto peer = DnsPeer::start_bind(options);
  if (!peer) throw std::runtime_error(peer.error().detail);
  return std::move(*peer);
}

std::string address(const DnsPeer& peer) { return "127.0.0.1:" + std::to_string(peer.at().port); }

LabCaOptions asking(const DnsPeer& peer) {
  LabCaOptions ca;
  ca.dns_server = address(peer);
  ca.reused_authorizations = 0;
  return ca;
}

struct Scene {
  explicit Scene(
      LabCaOptions (*edit)(LabCaOptions) = [](LabCaOptions ca) { return ca; }, bool gateway = true)
      : bind(start_bind()),
        fleet(edit(asking(bind)), gateway,
              {"--dns-resolvers", address(bind), "--dns-servers", "ns1.example.test=" + address(bind),
               "--workers", "20"}) {
    const auto file = fleet.directory() / "tsig-secret";
    EXPECT_TRUE(write_file_atomic(file, view_bytes(bind.key().secret), 0644));
    const CommandResult added =
        fleet.cli({"dns", "add", "main", "--provider", "rfc2136", "-d", "validation.example", "--set",
                   "nameserver=" + address(bind), "--set", "tsig_key=" + bind.key().name, "--set",
                   "tsig_algorithm=" + bind.key().algorithm, "--secret", "tsig_secret=@" + file.string()});
    EXPECT_EQ(added.exit, 0) << added.err << added.out;
  }
  std::string values() const { return bind.dig(kTarget, "TXT"); }
  // Waits until nothing but the foreign value stands there.
  bool only_the_foreign_one() const {
    for (const Deadline end = Deadline::after(seconds{60}); !end.passed();
         std::this_thread::sleep_for(std::chrono::milliseconds{100})) {
      const std::string all = values();
      if (all.find(kForeign) == 0 && all.find('\n') + 1 >= all.size()) return true;
    }
    ADD_FAILURE() << values();
    return false;
  }

  DnsPeer bind;
  FleetProcesses fleet;
};

TEST(DnsScenario, WildcardAndBaseNameWithBothKeyTypesThroughADelegatedName) {
  NEED("named");
  Scene scene;
  const CommandResult made =
      scene.fleet.cli({"request", "*.example.test", "example.test", "--key", "p256,rsa2048", "--agree-tos"});
  ASSERT_EQ(made.exit, 0) << made.err << scene.fleet.log_of("manager") << scene.bind.output();
  EXPECT_THAT(made.err + made.out, HasSubstr("TXT record written by the DNS account main"));
  for (const ProbeKey key : {ProbeKey::kEcdsa, ProbeKey::kRsa}) {
    EXPECT_NE(scene.fleet.serial("any.example.test", key), "");
    EXPECT_NE(scene.fleet.serial("example.test", key), "");
  }
  EXPECT_TRUE(scene.only_the_foreign_one());
  EXPECT_THAT(scene.fleet.cli({"dns", "show", "main"}).out, testing::Not(HasSubstr("leaving")));
}

TEST(DnsScenario, KilledAfterTheRecordWasWrittenItGoesOnAndLeavesNothing) {
  NEED("named");
  Scene scene(
      [](LabCaOptions ca) {
        ca.slow_validation = true;
        return ca;
      },
      false);
  ASSERT_EQ(scene.fleet.cli({"account", "add", "pebble", "--agree-tos"}).exit, 0);
  ASSERT_EQ(scene.fleet.cli({"request", "*.example.test", "--key", "p256", "--no-wait"}).exit, 0);
  bool written = false;
  for (const Deadline end = Deadline::after(seconds{60}); !end.passed() && !written;)
    written = scene.values().find('\n') + 1 < scene.values().size();
  ASSERT_TRUE(written) << scene.fleet.log_of("manager");
  scene.fleet.kill_manager();
  EXPECT_GT(scene.values().size(), std::string(kForeign).size() + 1) << "nobody was left to take it away";
  scene.fleet.start_manager();
  ASSERT_TRUE(scene.fleet.wait_for_manager(seconds{60})) << scene.fleet.log_of("manager");
  const CommandResult again = scene.fleet.cli({"request", "*.example.test", "--key", "p256"});
  EXPECT_EQ(again.exit, 0) << again.err;
  EXPECT_TRUE(scene.only_the_foreign_one());
}

TEST(DnsScenario, KilledAfterTheRecordWasWrittenAndForgottenItLeavesNothing) {
  NEED("named");
  Scene scene(
      [](LabCaOptions ca) {
        ca.slow_validation = true;
        return ca;
      },
      false);
  ASSERT_EQ(scene.fleet.cli({"account", "add", "pebble", "--agree-tos"}).exit, 0);
  ASSERT_EQ(scene.fleet.cli({"request", "*.example.test", "--key", "p256", "--no-wait"}).exit, 0);
  for (const Deadline end = Deadline::after(seconds{60});
       !end.passed() && scene.values().find('\n') + 1 >= scene.values().size();) {
  }
  scene.fleet.kill_manager();
  scene.fleet.start_manager();
  ASSERT_TRUE(scene.fleet.wait_for_manager(seconds{60}));
  EXPECT_EQ(scene.fleet.cli({"delete", "example.test"}).exit, 0);
  EXPECT_TRUE(scene.only_the_foreign_one());
}

TEST(DnsScenario, TwentyOrdersAtOneNameLoseNoValue) {
  NEED("named");
  Scene scene([](LabCaOptions ca) { return ca; }, false);
  ASSERT_EQ(scene.fleet.cli({"account", "add", "pebble", "--agree-tos"}).exit, 0);
  for (int i = 0; i < 20; ++i)
    ASSERT_EQ(scene.fleet
                  .cli({"request", "*.example.test", "--name", "set" + std::to_string(i), "--key", "p256",
                        "--no-wait"})
                  .exit,
              0);
  std::string listed;
  const auto issued = [&] {
    listed = scene.fleet.cli({"list", "--status", "issued", "-o", "json"}).out;
    int count = 0;
    for (std::size_t at = listed.find("\"set"); at != std::string::npos; at = listed.find("\"set", at + 1))
      count += listed.compare(at, 6, "\"sets\"") == 0 ? 0 : 1;
    return count;
  };
  for (const Deadline end = Deadline::after(seconds{180}); !end.passed() && issued() < 20;
       std::this_thread::sleep_for(std::chrono::milliseconds{500})) {
  }
  EXPECT_GE(issued(), 20) << listed << scene.fleet.log_of("manager");
  EXPECT_THAT(scene.fleet.log_of("manager"), testing::Not(HasSubstr("set.failed")));
  EXPECT_TRUE(scene.only_the_foreign_one());
}

TEST(DnsScenario, HundredNamesOfOneOrderAreWrittenAndSeenTogether) {
  NEED("named");
  Scene scene([](LabCaOptions ca) { return ca; }, false);
  std::vector<std::string> words = {"request", "--name", "many", "--key", "p256", "--agree-tos"};
  for (int i = 0; i < 100; ++i) words.push_back("n" + std::to_string(i) + ".validation.example");
  const CommandResult made = scene.fleet.cli(words);
  ASSERT_EQ(made.exit, 0) << made.err;
  const auto position = [&](const char* text) { return made.err.find(text); };
  ASSERT_NE(position("TXT record written"), std::string::npos);
  EXPECT_LT(made.err.rfind("TXT record written"), position("TXT record is ready"))
      << "all are written before the first is looked for";
  std::string left;
  for (const Deadline end = Deadline::after(seconds{60}); !end.passed();
       std::this_thread::sleep_for(seconds{1})) {
    left.clear();
    for (int i = 0; i < 100; i += 9)
      left += scene.bind.dig("_acme-challenge.n" + std::to_string(i) + ".validation.example", "TXT");
    if (left.empty()) break;
  }
  EXPECT_EQ(left, "");
}

TEST(DnsScenario, ProviderThatDoesNotAnswerLeavesTheOldCertificateServed) {
  NEED("named");
  Scene scene;
  ASSERT_EQ(scene.fleet.cli({"request", "*.example.test", "--key", "p256", "--agree-tos"}).exit, 0);
  const std::string serial = scene.fleet.serial("any.example.test", ProbeKey::kEcdsa);
  EXPECT_NE(serial, "");
  ASSERT_TRUE(scene.only_the_foreign_one());
  ASSERT_EQ(scene.fleet.cli({"dns", "change", "main", "--set", "nameserver=127.0.0.1:1"}).exit, 0);
  const CommandResult renewed = scene.fleet.cli({"renew", "example.test", "--force"});
  EXPECT_NE(renewed.exit, 0);
  const std::string shown = scene.fleet.cli({"show", "example.test"}).out;
  EXPECT_THAT(shown, HasSubstr("DNS account main"));
  EXPECT_EQ(scene.fleet.serial("any.example.test", ProbeKey::kEcdsa), serial);
  EXPECT_TRUE(scene.only_the_foreign_one());
}

TEST(DnsScenario, TestAssistAndRotateTellTheTruth) {
  NEED("named");
  Scene scene([](LabCaOptions ca) { return ca; }, false);
  const CommandResult tested = scene.fleet.cli({"dns", "test", "example.test"});
  EXPECT_EQ(tested.exit, 0) << tested.out << tested.err;
  EXPECT_THAT(tested.out, HasSubstr(kTarget));
  EXPECT_THAT(tested.out + tested.err, testing::Not(HasSubstr(scene.bind.key().secret)));
  const CommandResult assisted = scene.fleet.cli({"dns", "assist", "*.example.test"});
  EXPECT_EQ(assisted.exit, 0) << assisted.err;
  EXPECT_THAT(assisted.out, HasSubstr("_acme-challenge.example.test. IN CNAME proof.validation.example."));
  EXPECT_THAT(assisted.out, HasSubstr("set"));
  EXPECT_THAT(assisted.out, HasSubstr("pebble does not say by which name CAA records call it"));
  const auto wrong = scene.fleet.directory() / "wrong";
  EXPECT_TRUE(write_file_atomic(wrong, view_bytes("d3JvbmcgYW5kIGxvbmcgZW5vdWdoIHRvIGJlIG9uZQ=="), 0644));
  const CommandResult refused = scene.fleet.cli(
      {"dns", "rotate", "main", "--secret", "tsig_secret=@" + wrong.string(), "--at", "example.test"});
  EXPECT_EQ(refused.exit, 1) << refused.out;
  EXPECT_THAT(refused.err, HasSubstr("the old secrets stay in use"));
  EXPECT_EQ(scene.fleet.cli({"dns", "test", "example.test"}).exit, 0);
  const auto right = scene.fleet.directory() / "tsig-secret";
  EXPECT_EQ(scene.fleet
                .cli({"dns", "rotate", "main", "--secret", "tsig_secret=@" + right.string(), "--at",
                      "example.test"})
                .exit,
            0);
  EXPECT_TRUE(scene.only_the_foreign_one());
}

TEST(DnsScenario, SecretOnTheCommandLineIsRefused) {
  NEED("named");
  Scene scene([](LabCaOptions ca) { return ca; }, false);
  const CommandResult refused = scene.fleet.cli(
      {"dns", "add", "other", "--provider", "rfc2136", "-d", "a.test", "--secret", "tsig_secret=abcd"});
  EXPECT_EQ(refused.exit, 2);
  EXPECT_THAT(refused.err, HasSubstr("=@FILE"));
}

}  // namespace
}  // namespace certstead

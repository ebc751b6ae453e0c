// DNS-01 as an administrator runs it: Pebble asks a real BIND, the manager changes its zones by signed
// updates, the validation names are led into a zone of their own.
#include <gmock/gmock.h>

#include "scenario/dns_scene.h"

namespace certstead {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr const char* kValidation = "_acme-challenge.example.test";
constexpr const char* kTarget = "proof.validation.example";

// example.test, whose validation name leads to validation.example; only the latter may be changed.
DnsPeerOptions two_zones() {
  DnsPeerOptions options;
  options.zones = {
      {"example.test",
       {"ns1.example.test"},
       {std::string(kValidation) + ". IN CNAME " + kTarget + "."},
       {"name nobody.example.test. TXT"}},
      {"validation.example", {"ns1.example.test"}, {std::string(kTarget) + ". IN TXT " + kForeignTxt}, {}}};
  options.recursion = true;
  return options;
}

struct Scene : DnsFleet {
  explicit Scene(
      bool gateway = true, Edit edit = [](LabCaOptions&) {})
      : DnsFleet(DnsPeer::start_bind(two_zones()), edit, gateway) {
    add_updates("validation.example");
  }
  std::string values() const { return server.dig(kTarget, "TXT"); }
  bool only_the_foreign_one() const { return only_the_foreign_one_at(kTarget); }
  // Has a wildcard requested from a CA that takes its time, and kills the manager when the record stands
  // there.
  void kill_manager_after_the_record() {
    EXPECT_EQ(fleet.cli({"account", "add", "pebble", "--agree-tos"}).exit, 0);
    EXPECT_EQ(fleet.cli({"request", "*.example.test", "--key", "p256", "--no-wait"}).exit, 0);
    const std::size_t foreign = std::string(kForeignTxt).size() + 1;
    for (const Deadline end = Deadline::after(seconds{60}); !end.passed() && values().size() <= foreign;) {
    }
    fleet.kill_manager();
    EXPECT_GT(values().size(), foreign) << fleet.log_of("manager");
  }
};

TEST(DnsScenario, WildcardAndBaseNameWithBothKeyTypesThroughADelegatedName) {
  NEED_DNS_SERVER("named");
  Scene scene;
  const CommandResult made =
      scene.fleet.cli({"request", "*.example.test", "example.test", "--key", "p256,rsa2048", "--agree-tos"});
  ASSERT_EQ(made.exit, 0) << made.err << scene.fleet.log_of("manager") << scene.server.output();
  EXPECT_THAT(made.err + made.out, HasSubstr("TXT record written by the DNS account main"));
  for (const ProbeKey key : {ProbeKey::kEcdsa, ProbeKey::kRsa}) {
    EXPECT_NE(scene.fleet.serial("any.example.test", key), "");
    EXPECT_NE(scene.fleet.serial("example.test", key), "");
  }
  EXPECT_TRUE(scene.only_the_foreign_one());
  EXPECT_THAT(scene.fleet.cli({"dns", "show", "main"}).out, testing::Not(HasSubstr("leaving")));
}

void validate_slowly(LabCaOptions& ca) { ca.slow_validation = true; }

TEST(DnsScenario, KilledAfterTheRecordWasWrittenItGoesOnAndLeavesNothing) {
  NEED_DNS_SERVER("named");
  Scene scene(false, validate_slowly);
  scene.kill_manager_after_the_record();
  scene.fleet.start_manager();
  ASSERT_TRUE(scene.fleet.wait_for_manager(seconds{60})) << scene.fleet.log_of("manager");
  const CommandResult again = scene.fleet.cli({"request", "*.example.test", "--key", "p256"});
  EXPECT_EQ(again.exit, 0) << again.err;
  EXPECT_TRUE(scene.only_the_foreign_one());
}

TEST(DnsScenario, KilledAfterTheRecordWasWrittenAndForgottenItLeavesNothing) {
  NEED_DNS_SERVER("named");
  Scene scene(false, validate_slowly);
  scene.kill_manager_after_the_record();
  scene.fleet.start_manager();
  ASSERT_TRUE(scene.fleet.wait_for_manager(seconds{60})) << scene.fleet.log_of("manager");
  EXPECT_EQ(scene.fleet.cli({"delete", "example.test"}).exit, 0);
  EXPECT_TRUE(scene.only_the_foreign_one());
}

TEST(DnsScenario, HundredNamesOfOneOrderAreWrittenAndSeenTogether) {
  NEED_DNS_SERVER("named");
  Scene scene(false);
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
      left += scene.server.dig("_acme-challenge.n" + std::to_string(i) + ".validation.example", "TXT");
    if (left.empty()) break;
  }
  EXPECT_EQ(left, "");
}

TEST(DnsScenario, ProviderThatDoesNotAnswerLeavesTheOldCertificateServed) {
  NEED_DNS_SERVER("named");
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
  NEED_DNS_SERVER("named");
  Scene scene(false);
  const CommandResult tested = scene.fleet.cli({"dns", "test", "example.test"});
  EXPECT_EQ(tested.exit, 0) << tested.out << tested.err;
  EXPECT_THAT(tested.out, HasSubstr(kTarget));
  EXPECT_THAT(tested.out + tested.err, testing::Not(HasSubstr(scene.server.key().secret)));
  const CommandResult assisted = scene.fleet.cli({"dns", "assist", "*.example.test"});
  EXPECT_EQ(assisted.exit, 0) << assisted.err;
  EXPECT_THAT(assisted.out, HasSubstr("_acme-challenge.example.test. IN CNAME proof.validation.example."));
  EXPECT_THAT(assisted.out, HasSubstr("set"));
  EXPECT_THAT(assisted.out, HasSubstr("pebble does not say by which name CAA records call it"));
  const auto wrong = scene.write_secret("wrong", "d3JvbmcgYW5kIGxvbmcgZW5vdWdoIHRvIGJlIG9uZQ==");
  const CommandResult refused = scene.fleet.cli(
      {"dns", "rotate", "main", "--secret", "tsig_secret=@" + wrong.string(), "--at", "example.test"});
  EXPECT_EQ(refused.exit, 1) << refused.out;
  EXPECT_THAT(refused.err, HasSubstr("the old secrets stay in use"));
  EXPECT_EQ(scene.fleet.cli({"dns", "test", "example.test"}).exit, 0);
  const auto right = scene.fleet.directory() / "tsig_secret";
  EXPECT_EQ(scene.fleet
                .cli({"dns", "rotate", "main", "--secret", "tsig_secret=@" + right.string(), "--at",
                      "example.test"})
                .exit,
            0);
  EXPECT_TRUE(scene.only_the_foreign_one());
}

TEST(DnsScenario, SecretOnTheCommandLineIsRefused) {
  NEED_DNS_SERVER("named");
  Scene scene(false);
  const CommandResult refused = scene.fleet.cli(
      {"dns", "add", "other", "--provider", "rfc2136", "-d", "a.test", "--secret", "tsig_secret=abcd"});
  EXPECT_EQ(refused.exit, 2);
  EXPECT_THAT(refused.err, HasSubstr("=@FILE"));
}

}  // namespace
}  // namespace certstead

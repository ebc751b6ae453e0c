// Many orders at one name, through the manager and Pebble, on each kind of name server. (Twenty writers at
// one moment, without Pebble: DnsUpdates.TwentyAtTheSameTimeLoseNothing.)
#include <gmock/gmock.h>

#include <sstream>

#include "scenario/dns_scene.h"

namespace certstead {
namespace {

constexpr const char* kZone = "validation.example";
constexpr const char* kName = "_acme-challenge.validation.example";
constexpr int kOrders = 20;

struct Kind {
  const char* name;
  const char* program;
  Result<DnsPeer> (*start)(const DnsPeerOptions&);
  void (DnsFleet::*add_account)(const std::string&) const;
};

DnsPeerOptions one_zone() {
  DnsPeerOptions options;
  options.zones = {{kZone, {"ns1.example.test"}, {std::string(kName) + ". IN TXT " + kForeignTxt}, {}}};
  return options;
}

// Pebble asks over UDP without EDNS and does not turn to TCP. An answer with more than eight values is cut
// off: it sees none, though somebody else's always stands there. Such an order is tried again, and is the
// only one that may fail: a value that was lost would be missed by our own look before, or among those that
// Pebble sees.
void expect_no_failure_but_blindness(const std::string& log) {
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("set.failed") == std::string::npos) continue;
    EXPECT_THAT(line, testing::HasSubstr("No TXT records found for DNS challenge"));
  }
}

class DnsServers : public testing::TestWithParam<Kind> {};

TEST_P(DnsServers, TwentyOrdersAtOneNameLoseNoValue) {
  NEED_DNS_SERVER(GetParam().program);
  const DnsFleet scene(GetParam().start(one_zone()));
  (scene.*GetParam().add_account)(kZone);
  const auto cli = [&](const std::vector<std::string>& words) { return scene.fleet.cli(words); };
  ASSERT_EQ(cli({"account", "add", "pebble", "--agree-tos"}).exit, 0);
  const std::string wildcard = std::string("*.") + kZone;
  for (int i = 0; i < kOrders; ++i) {
    const CommandResult made =
        cli({"request", wildcard, "--name", "set" + std::to_string(i), "--key", "p256", "--no-wait"});
    ASSERT_EQ(made.exit, 0) << made.err;
  }
  std::string listed;
  const auto issued = [&] {
    listed = cli({"list", "--status", "issued", "-o", "json"}).out;
    int count = 0;
    for (int i = 0; i < kOrders; ++i)
      count += listed.find("\"set" + std::to_string(i) + "\"") == std::string::npos ? 0 : 1;
    return count;
  };
  for (const Deadline end = Deadline::after(std::chrono::seconds{240}); !end.passed() && issued() < kOrders;
       std::this_thread::sleep_for(std::chrono::milliseconds{500})) {
  }
  EXPECT_EQ(issued(), kOrders) << listed << scene.fleet.log_of("manager") << scene.server.output();
  expect_no_failure_but_blindness(scene.fleet.log_of("manager"));
  EXPECT_TRUE(scene.only_the_foreign_one_at(kName));
}

// PowerDNS twice: by updates, and over its HTTP interface, where a change reads a record set and writes it
// back.
INSTANTIATE_TEST_SUITE_P(Kinds, DnsServers,
                         testing::Values(Kind{"Bind", "named", DnsPeer::start_bind, &DnsFleet::add_updates},
                                         Kind{"Knot", "knotd", DnsPeer::start_knot, &DnsFleet::add_updates},
                                         Kind{"PowerDns", "pdns_server", DnsPeer::start_powerdns,
                                              &DnsFleet::add_updates},
                                         Kind{"PowerDnsOverHttp", "pdns_server", DnsPeer::start_powerdns,
                                              &DnsFleet::add_powerdns}),
                         [](const testing::TestParamInfo<Kind>& one) { return one.param.name; });

}  // namespace
}  // namespace certstead

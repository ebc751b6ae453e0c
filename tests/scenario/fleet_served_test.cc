// What is issued, deployed and served, as an administrator sees it: a real manager and a real gateway.
#include <gmock/gmock.h>

#include <thread>

#include "json/json.h"
#include "support/fleet_processes.h"

namespace certstead {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

void expect_ok(const CommandResult& result) { EXPECT_EQ(result.exit, 0) << result.out << result.err; }

class ServedFleet : public testing::Test {
 protected:
  ServedFleet() {
    expect_ok(fleet_.cli({"request", "www.lab.test", "--key", "p256,rsa2048", "--agree-tos"}));
  }
  // The value of one member of the set's line of `status -o json`.
  std::string status(const std::string& member) const {
    const CommandResult shown = fleet_.cli({"status", "-o", "json"});
    const auto value = parse_json(shown.out);
    if (!value) return shown.out + shown.err;
    for (const auto& line : value->at("sets").as_array()) {
      if (line.at("name") == "www.lab.test") return std::string(line.at(member).as_string());
    }
    return "no such set";
  }
  // Until a proof says so; a minute of patience.
  bool served_becomes(const std::string& wanted) const {
    for (const Deadline limit = Deadline::after(seconds{60}); !limit.passed();) {
      if (status("served") == wanted) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    return false;
  }

  FleetProcesses fleet_{{}, true, {"--gateway-https", "127.0.0.1:{https}"}};
};

TEST_F(ServedFleet, WhatTheGatewayServesIsProvedForBothKeysAndAfterEachRenewal) {
  EXPECT_TRUE(served_becomes("yes")) << fleet_.log_of("manager");
  EXPECT_EQ(status("deployed"), "yes");
  const CommandResult shown = fleet_.cli({"show", "www.lab.test"});
  EXPECT_THAT(shown.out, HasSubstr("view gateway of member local: yes"));
  for (const ProbeKey key : {ProbeKey::kEcdsa, ProbeKey::kRsa}) {
    EXPECT_THAT(shown.out, HasSubstr("serves " + fleet_.serial("www.lab.test", key)));
  }
  EXPECT_THAT(fleet_.cli({"members", "list"}).out, testing::Not(HasSubstr("never")));
  expect_ok(fleet_.cli({"renew", "www.lab.test", "--force"}));
  EXPECT_TRUE(served_becomes("yes")) << fleet_.log_of("manager");
  EXPECT_THAT(fleet_.cli({"show", "www.lab.test"}).out,
              HasSubstr("serves " + fleet_.serial("www.lab.test", ProbeKey::kEcdsa)));
  // A proof is durable, and not taken for another one.
  fleet_.kill_manager();
  fleet_.start_manager();
  ASSERT_TRUE(fleet_.wait_for_manager(seconds{60})) << fleet_.log_of("manager");
  EXPECT_EQ(status("served"), "yes");
}

TEST_F(ServedFleet, APortThatShowsAnOldCertificateIsRedWithBothSerialsUntilItShowsTheNewOne) {
  ASSERT_TRUE(served_becomes("yes")) << fleet_.log_of("manager");
  const std::string old = fleet_.serial("www.lab.test", ProbeKey::kEcdsa);
  // A gateway that does not hear of what is new.
  const auto view = fleet_.directory() / "view", stale = fleet_.directory() / "stale";
  std::filesystem::copy(view, stale, std::filesystem::copy_options::recursive);
  if (geteuid() == 0) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(stale))
      ASSERT_EQ(::chown(entry.path().c_str(), 65534, 65534), 0);
    ASSERT_EQ(::chown(stale.c_str(), 65534, 65534), 0);
  }
  expect_ok(fleet_.cli({"renew", "www.lab.test", "--force"}));
  fleet_.stop_gateway();
  const std::uint16_t port = fleet_.https_port();
  fleet_.start_gateway_of("stale");
  const CommandResult checked = fleet_.cli({"health", "check", "--now"});
  EXPECT_TRUE(served_becomes("no")) << checked.out << fleet_.log_of("manager");
  const CommandResult health = fleet_.cli({"health", "-o", "json"});
  EXPECT_EQ(health.exit, 4);
  EXPECT_THAT(health.out, HasSubstr("not served at https://127.0.0.1:" + std::to_string(port)));
  EXPECT_THAT(health.out, HasSubstr("it shows serial " + old));
  fleet_.stop_gateway();
  fleet_.start_gateway();
  fleet_.cli({"health", "check", "--now"});
  EXPECT_TRUE(served_becomes("yes")) << fleet_.log_of("manager");
}

}  // namespace
}  // namespace certstead

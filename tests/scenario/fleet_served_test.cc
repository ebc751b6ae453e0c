// What is issued, deployed and served, as an administrator sees it: a real manager and a real gateway.
#include <gmock/gmock.h>

#include "served_scene.h"

namespace certstead {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

class ServedFleet : public testing::Test {
 protected:
  ServedFleet() {
    expect_ok(fleet_.cli({"request", "www.lab.test", "--key", "p256,rsa2048", "--agree-tos"}));
  }

  ServedScene fleet_{{}, true, {"--gateway-https", "127.0.0.1:{https}"}};
};

TEST_F(ServedFleet, WhatTheGatewayServesIsProvedForBothKeysAndAfterEachRenewal) {
  EXPECT_TRUE(fleet_.served_becomes("yes")) << fleet_.log_of("manager");
  EXPECT_EQ(fleet_.status("deployed"), "yes");
  const CommandResult shown = fleet_.cli({"show", "www.lab.test"});
  EXPECT_THAT(shown.out, HasSubstr("view gateway of member local: yes"));
  for (const ProbeKey key : {ProbeKey::kEcdsa, ProbeKey::kRsa}) {
    EXPECT_THAT(shown.out, HasSubstr("serves " + fleet_.serial("www.lab.test", key)));
  }
  EXPECT_THAT(fleet_.cli({"members", "list"}).out, testing::Not(HasSubstr("never")));
  expect_ok(fleet_.cli({"renew", "www.lab.test", "--force"}));
  EXPECT_TRUE(fleet_.served_becomes("yes")) << fleet_.log_of("manager");
  EXPECT_THAT(fleet_.cli({"show", "www.lab.test"}).out,
              HasSubstr("serves " + fleet_.serial("www.lab.test", ProbeKey::kEcdsa)));
  // A proof is durable, and not taken for another one.
  fleet_.kill_manager();
  fleet_.start_manager();
  ASSERT_TRUE(fleet_.wait_for_manager(seconds{60})) << fleet_.log_of("manager");
  EXPECT_EQ(fleet_.status("served"), "yes");
}

TEST_F(ServedFleet, APortThatShowsAnOldCertificateIsRedWithBothSerialsUntilItShowsTheNewOne) {
  ASSERT_TRUE(fleet_.served_becomes("yes")) << fleet_.log_of("manager");
  const std::string old = fleet_.serial("www.lab.test", ProbeKey::kEcdsa);
  // A gateway that does not hear of what is new.
  fleet_.freeze_view("stale");
  expect_ok(fleet_.cli({"renew", "www.lab.test", "--force"}));
  fleet_.stop_gateway();
  const std::uint16_t port = fleet_.https_port();
  fleet_.start_gateway_of("stale");
  const CommandResult checked = fleet_.cli({"health", "check", "--now"});
  EXPECT_TRUE(fleet_.served_becomes("no")) << checked.out << fleet_.log_of("manager");
  const CommandResult health = fleet_.cli({"health", "-o", "json"});
  EXPECT_EQ(health.exit, 4);
  EXPECT_THAT(health.out, HasSubstr("not served at https://127.0.0.1:" + std::to_string(port)));
  EXPECT_THAT(health.out, HasSubstr("it shows serial " + old));
  fleet_.stop_gateway();
  fleet_.start_gateway();
  fleet_.cli({"health", "check", "--now"});
  EXPECT_TRUE(fleet_.served_becomes("yes")) << fleet_.log_of("manager");
}

}  // namespace
}  // namespace certstead

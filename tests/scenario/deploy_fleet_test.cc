// Deployments with real processes: the manager hears of every run, also of those while it was not there, and
// says what is served; watched addresses speak STARTTLS with a real Postfix.
#include <gmock/gmock.h>
#include <unistd.h>

#include "base/file.h"
#include "peers/postfix_server.h"
#include "support/command.h"
#include "support/fleet_processes.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class DeployFleet : public testing::Test {
 protected:
  DeployFleet() : fleet({}, true) { std::filesystem::permissions(host.path(), std::filesystem::perms(0755)); }
  std::string at(const std::string& name) const { return (host.path() / name).string(); }
  // As who the test is: root where it may be, as `deploy` is meant to be run.
  CommandEnd deploy(const std::string& words) const {
    return run_command(std::string(CERTSTEAD_BINARY) + " --socket " +
                       (fleet.directory() / "api.sock").string() + " deploy " + words + " --deploy-dir " +
                       at("deploy.d") + " --deploy-state " + at("state") + " --deploy-view " +
                       (fleet.directory() / "view").string());
  }
  std::string status() const { return fleet.cli({"status"}).out; }

  FleetProcesses fleet;
  TempDir host;
};

TEST_F(DeployFleet, WhatIsServedByPostfixIsKnownToTheManagerAndItsWatch) {
  ASSERT_EQ(fleet.cli({"account", "add", "pebble", "--agree-tos"}).exit, 0);
  const CommandResult requested = fleet.cli({"request", "www.lab.test"});
  ASSERT_EQ(requested.exit, 0) << requested.err;
  ASSERT_EQ(deploy("add mail --set www.lab.test --path " + at("{key}.pem")).exit, 0);
  const CommandEnd first = deploy("run");
  ASSERT_EQ(first.exit, 0) << first.output;
  EXPECT_THAT(status(), ContainsRegex("www.lab.test +green .* yes +-\n"));

  const auto postfix =
      start_postfix({.pairs = {{at("ecdsa.pem"), at("ecdsa.pem")}, {at("rsa.pem"), at("rsa.pem")}}});
  if (!postfix && postfix.error().code == Code::kNotFound) GTEST_SKIP() << postfix.error().detail;
  ASSERT_TRUE(postfix) << postfix.error().detail;
  ASSERT_EQ(deploy("remove mail --yes").exit, 0);
  EXPECT_THAT(status(), ContainsRegex("www.lab.test +green .* - +-\n"));
  std::string more;
  for (const std::string& target : (*postfix)->targets()) more += " --prove " + target;
  const CommandEnd added =
      deploy("add mail --set www.lab.test --path " + at("{key}.pem") + " --prove-seconds 60" + more);
  ASSERT_EQ(added.exit, 0) << added.output;
  const CommandEnd served = deploy("run");
  EXPECT_EQ(served.exit, 0) << served.output << (*postfix)->log();
  EXPECT_THAT(status(), ContainsRegex("www.lab.test +green .* yes +yes\n"));
  EXPECT_THAT(fleet.cli({"show", "www.lab.test"}).out,
              AllOf(HasSubstr("deployment mail on "), HasSubstr(at("rsa.pem")),
                    HasSubstr((*postfix)->targets().front() + " (rsa): serves ")));

  const std::string address = "127.0.0.1:" + std::to_string((*postfix)->port());
  EXPECT_EQ(
      fleet.cli({"health", "watch", "add", address, "--starttls", "smtp", "--name", "www.lab.test"}).exit, 0);
  const CommandResult fine = fleet.cli({"health", "check", "--now"});
  EXPECT_EQ(fine.exit, 0) << fine.out << fine.err;
  EXPECT_THAT(fleet.cli({"health", "watch", "list"}).out, ContainsRegex(address + ".*green"));

  (*postfix)->stop();
  const CommandEnd dead = deploy("run");
  EXPECT_EQ(dead.exit, 1);
  EXPECT_THAT(status(), AllOf(ContainsRegex("www.lab.test +red .* yes +no\n"),
                              HasSubstr("not served at smtp+starttls://")));
  const CommandResult red = fleet.cli({"health", "check", "--now"});
  EXPECT_EQ(red.exit, 4) << red.out;
  EXPECT_THAT(red.out, AllOf(HasSubstr("not served at smtp"), HasSubstr("watch " + address)));
}

TEST_F(DeployFleet, WhatHappenedWhileTheManagerWasAwayIsToldLater) {
  ASSERT_EQ(fleet.cli({"account", "add", "pebble", "--agree-tos"}).exit, 0);
  ASSERT_EQ(fleet.cli({"request", "www.lab.test", "--key", "p256"}).exit, 0);
  for (const std::string name : {"one", "two"})
    ASSERT_EQ(deploy("add " + name + " --set www.lab.test --path " + at(name + ".pem")).exit, 0);
  fleet.stop_manager();
  const CommandEnd alone = deploy("run");
  EXPECT_EQ(alone.exit, 0) << alone.output;
  EXPECT_THAT(alone.output, HasSubstr("the manager was not told of one"));
  EXPECT_THAT(read_text_file(at("two.pem")).value_or(""), HasSubstr("PRIVATE KEY"));
  fleet.start_manager();
  ASSERT_TRUE(fleet.wait_for_manager(std::chrono::seconds{60}));
  EXPECT_THAT(fleet.cli({"show", "www.lab.test"}).out, Not(HasSubstr("deployment one")));
  EXPECT_THAT(deploy("run two").output, Not(HasSubstr("was not told")));
  EXPECT_THAT(fleet.cli({"show", "www.lab.test"}).out,
              AllOf(HasSubstr("deployment one"), HasSubstr("deployment two")));
}

}  // namespace
}  // namespace certstead

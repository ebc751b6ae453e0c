// Deployments with real processes: the manager hears of every run, also of those while it was not there, and
// says what is served; watched addresses speak STARTTLS with a real Postfix.
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>

#include "base/file.h"
#include "peers/nginx_server.h"
#include "peers/postfix_server.h"
#include "support/command.h"
#include "support/fleet_processes.h"
#include "support/mailbox.h"

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
  // The view of the gateway has it still; no file does.
  EXPECT_THAT(status(), ContainsRegex("www.lab.test +green .* yes +-\n"));
  EXPECT_THAT(fleet.cli({"show", "www.lab.test"}).out, Not(HasSubstr("deployment mail")));
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

TEST_F(DeployFleet, WhatIsNotServedComesByMailAndThatItIsOverToo) {
  const auto mailbox = Mailbox::start();
  if (!mailbox && mailbox.error().code == Code::kNotFound) GTEST_SKIP() << mailbox.error().detail;
  ASSERT_TRUE(mailbox) << mailbox.error().detail;
  const NotifyTarget target = (*mailbox)->target();
  ASSERT_TRUE(write_file_atomic(at("mail-root.pem"), view_bytes(target.trusted_pem), 0644));
  const CommandResult told =
      fleet.cli({"notify", "add", "mail", "--to", target.to.front(), "--from", target.from, "--server",
                 target.server, "--trust", at("mail-root.pem")});
  ASSERT_EQ(told.exit, 0) << told.err;
  ASSERT_EQ(fleet.cli({"account", "add", "pebble", "--agree-tos"}).exit, 0);
  ASSERT_EQ(fleet.cli({"request", "www.lab.test", "--key", "p256"}).exit, 0);
  const std::string words = "add web --set www.lab.test --path " + at("www.pem");
  ASSERT_EQ(deploy(words).exit, 0);
  ASSERT_EQ(deploy("run").exit, 0);
  const auto nginx = start_nginx({.pairs = {{at("www.pem"), at("www.pem")}}});
  if (!nginx && nginx.error().code == Code::kNotFound) GTEST_SKIP() << nginx.error().detail;
  ASSERT_TRUE(nginx) << nginx.error().detail;
  const std::string address = (*nginx)->targets().front();
  ASSERT_EQ(deploy("remove web --yes").exit, 0);
  ASSERT_EQ(deploy(words + " --prove-seconds 2 --prove " + address).exit, 0);
  const CommandEnd served = deploy("run");
  ASSERT_EQ(served.exit, 0) << served.output << (*nginx)->log();

  (*nginx)->stop();
  EXPECT_EQ(deploy("run").exit, 1);
  EXPECT_THAT((*mailbox)->mail_with("(not-served)"),
              AllOf(HasSubstr("Subject: certstead: RED www.lab.test: deployment web not served at"),
                    HasSubstr("not served at " + address + " (ecdsa)")))
      << (*mailbox)->log() << fleet.log_of("manager");
  ASSERT_EQ(deploy("remove web --yes").exit, 0);
  EXPECT_THAT((*mailbox)->mail_with(" OVER "), HasSubstr("Subject: certstead: OVER www.lab.test"))
      << (*mailbox)->log() << fleet.log_of("manager");
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

// certbot names a lineage only if there is a configuration of its renewal. Ours is renewed by nobody but
// Certstead, so a deployment writes none; here the test does.
std::string renewal_of(const std::string& directory, const std::string& lineage) {
  std::string out = "version = 2.1.0\narchive_dir = " + directory + "/archive/" + lineage + "\n";
  for (const std::string name : {"cert", "privkey", "chain", "fullchain"})
    out += name + " = " + directory + "/live/" + lineage + "/" + name + ".pem\n";
  return out + "[renewalparams]\nauthenticator = standalone\nserver = https://ca.test/directory\n";
}

TEST_F(DeployFleet, TheRealCertbotReadsItsLayoutBeforeAndAfterARenewal) {
  if (run_command("certbot --version").exit != 0) GTEST_SKIP() << "certbot is not installed";
  const std::string directory = at("letsencrypt");
  const std::string certificates = "certbot certificates --config-dir " + directory + " --work-dir " +
                                   at("work") + " --logs-dir " + at("logs");
  ASSERT_EQ(fleet.cli({"account", "add", "pebble", "--agree-tos"}).exit, 0);
  ASSERT_EQ(fleet.cli({"request", "www.lab.test"}).exit, 0);
  ASSERT_EQ(
      deploy("add web --set www.lab.test --layout certbot --path " + directory + " --lineage www-{key}").exit,
      0);
  for (const std::string round : {"1", "2"}) {
    if (round == "2") {
      ASSERT_EQ(fleet.cli({"renew", "www.lab.test", "--force"}).exit, 0);
    }
    const CommandEnd run = deploy("run");
    ASSERT_EQ(run.exit, 0) << run.output;
    if (round == "1") {
      EXPECT_THAT(run_command(certificates).output, HasSubstr("No certificates found"))
          << "without renewal/*.conf";
      std::filesystem::create_directory(directory + "/renewal");
      for (const std::string lineage : {"www-ecdsa", "www-rsa"}) {
        ASSERT_TRUE(write_file_atomic(directory + "/renewal/" + lineage + ".conf",
                                      view_bytes(renewal_of(directory, lineage)), 0644));
      }
    }
    const std::string said = run_command(certificates).output;
    // As certbot writes it: a number, without the zero that fills the first octet.
    const auto serial = [&](ProbeKey key) {
      const std::string octets = fleet.serial("www.lab.test", key);
      return octets.substr(std::min(octets.find_first_not_of('0'), octets.size()));
    };
    for (const auto& [kind, key] : {std::pair{"ecdsa", ProbeKey::kEcdsa}, {"rsa", ProbeKey::kRsa}}) {
      const std::string lineage = std::string("www-") + kind, live = directory + "/live/" + lineage;
      EXPECT_THAT(said,
                  HasSubstr("Certificate Name: " + lineage + "\n    Serial Number: " + serial(key) + "\n"));
      EXPECT_THAT(said, HasSubstr("Private Key Path: " + live + "/privkey.pem"));
      EXPECT_EQ(std::filesystem::read_symlink(live + "/fullchain.pem").string(),
                "../../archive/" + lineage + "/fullchain" + round + ".pem");
    }
    EXPECT_THAT(said, AllOf(HasSubstr("Key Type: ECDSA"), HasSubstr("Key Type: RSA"),
                            HasSubstr("Domains: www.lab.test"), Not(HasSubstr("has failed"))));
  }
}

}  // namespace
}  // namespace certstead

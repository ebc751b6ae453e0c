// Deployments to real servers: what was issued is in their files and, after their own reload, at their ports;
// what goes wrong leaves the old certificate there, or is red.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "base/text.h"
#include "deploy_scene.h"
#include "manager/deployment_desk.h"
#include "model/deployment_health.h"
#include "peers/apache_server.h"
#include "peers/dovecot_server.h"
#include "peers/haproxy_server.h"
#include "peers/nginx_server.h"
#include "peers/postfix_server.h"
#include "peers/postgresql_server.h"
#include "peers/proftpd_server.h"
#include "peers/slapd_server.h"
#include "support/command.h"

namespace certstead {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Start = Result<std::unique_ptr<TlsServer>> (*)(const TlsServerOptions&);

// A server, how its files lie, and which kinds of key it is given.
struct Peer {
  std::string name;
  Start start;
  Layout layout;
  std::vector<std::string> kinds = {"ecdsa", "rsa"};
  bool runs_as_nobody = false;
};
void PrintTo(const Peer& peer, std::ostream* out) { *out << peer.name; }
std::string name_of_peer(const testing::TestParamInfo<Peer>& peer) { return peer.param.name; }

class Served : public testing::TestWithParam<Peer> {
 protected:
  // The first deployment, by which the files come to be that the server starts with.
  void SetUp() override {
    deployment_ = DeployScene::deployment(GetParam().layout);
    switch (GetParam().layout) {
      case Layout::kCertbot:
        deployment_.path = scene_.at("letsencrypt");
        deployment_.lineage = "www-{key}";
        break;
      case Layout::kHaproxy:
        deployment_.path = scene_.at("haproxy");
        deployment_.lineage = "www";
        break;
      case Layout::kFiles:
        deployment_.key_path = scene_.at("tls/{key}.key");
        deployment_.fullchain_path = scene_.at("tls/{key}.pem");
        break;
      default:
        deployment_.path = scene_.at("tls/{key}.pem");
    }
    if (GetParam().kinds.size() == 1) deployment_.kinds = {KeyKind::kEcdsa};
    if (GetParam().runs_as_nobody && ::geteuid() == 0) deployment_.permissions.owner = "nobody";
    scene_.put(deployment_);
    const DeployRun first = scene_.run();
    ASSERT_EQ(first.report.outcome, DeployOutcome::kDone) << first.report.error;
    auto server = GetParam().start({.pairs = pairs()});
    if (!server && server.error().code == Code::kNotFound) GTEST_SKIP() << server.error().detail;
    ASSERT_TRUE(server) << server.error().detail;
    server_ = std::move(*server);
    deployment_.hooks.check = server_->check_command();
    deployment_.hooks.reload = server_->reload_command();
    deployment_.proofs = server_->targets();
    deployment_.proof_within = std::chrono::seconds{60};
    scene_.put(deployment_);
  }

  std::vector<TlsPair> pairs() const {
    std::vector<TlsPair> out;
    for (const std::string& kind : GetParam().kinds) {
      if (GetParam().layout == Layout::kCertbot) {
        const std::string live = scene_.at("letsencrypt/live/www-" + kind);
        out.push_back({live + "/fullchain.pem", live + "/privkey.pem"});
      } else if (GetParam().layout == Layout::kHaproxy) {
        return {{scene_.at("haproxy/www.pem"), ""}};
      } else {
        const bool apart = GetParam().layout == Layout::kFiles;
        out.push_back(
            {scene_.at("tls/" + kind + ".pem"), scene_.at("tls/" + kind + (apart ? ".key" : ".pem"))});
      }
    }
    return out;
  }

  std::map<std::string, std::string> serials() {
    std::map<std::string, std::string> out;
    for (const std::string& kind : GetParam().kinds) out[kind] = scene_.serial(kind);
    return out;
  }
  // Every port shows these now.
  void expect_served(const std::map<std::string, std::string>& wanted) {
    for (const std::string& target : server_->targets()) {
      for (const auto& [kind, serial] : wanted)
        EXPECT_EQ(served_serial(target, kind), serial) << target << " " << kind << "\n" << server_->log();
    }
  }
  // What a server still does with connections of before is over soon.
  void expect_served_soon(const std::map<std::string, std::string>& wanted) {
    const Deadline limit = Deadline::after(std::chrono::seconds{60});
    for (const std::string& target : server_->targets()) {
      for (const auto& [kind, serial] : wanted) {
        while (served_serial(target, kind) != serial && !limit.passed())
          std::this_thread::sleep_for(std::chrono::milliseconds{50});
      }
    }
    expect_served(wanted);
  }
  // The manager takes the report; then this is what is wrong with the set.
  std::vector<std::string> told(const DeployRun& run) {
    EXPECT_TRUE(DeploymentDesk(*scene_.manager.context).take(run.report, scene_.manager.actor));
    std::vector<std::string> ids;
    for (const Finding& finding : scene_.manager.show(DeployScene::kName).health.findings)
      ids.push_back(std::string(health_name(finding.severity)) + " " + finding.id);
    return ids;
  }

  DeployScene scene_;
  Deployment deployment_;
  std::unique_ptr<TlsServer> server_;
};

TEST_P(Served, NewCertificatesAreServedAfterEachRenewal) {
  for (int round = 0; round < 2; ++round) {
    if (round > 0) scene_.renew();
    const DeployRun run = scene_.run();
    ASSERT_EQ(run.report.outcome, DeployOutcome::kDone) << run.report.error << "\n" << server_->log();
    EXPECT_EQ(run.report.served.size(), server_->targets().size() * GetParam().kinds.size());
    expect_served_soon(serials());
    EXPECT_THAT(told(run), Not(Contains(StartsWith("red"))));
    EXPECT_EQ(scene_.manager.show(DeployScene::kName).deployments.size(), 1U);
  }
}

TEST_P(Served, AReloadThatFailsLeavesTheOldCertificateEverywhere) {
  ASSERT_EQ(scene_.run().report.outcome, DeployOutcome::kDone);
  const auto old = serials();
  deployment_.hooks.reload = {"/bin/sh", "-c", "echo no thanks; exit 3"};
  scene_.put(deployment_);
  scene_.renew();
  const DeployRun failed = scene_.run();
  EXPECT_EQ(failed.report.error_id, "hook-reload");
  EXPECT_THAT(failed.report.error, HasSubstr("exit 3: no thanks"));
  EXPECT_THAT(told(failed), Contains("red deploy-failed"));
  expect_served_soon(old);
  for (const DeployedCertificate& file : failed.report.deployed)
    EXPECT_EQ(file.serial, old.at(is_rsa(file.key_type) ? "rsa" : "ecdsa"));
  deployment_.hooks.reload = server_->reload_command();
  scene_.put(deployment_);
  ASSERT_EQ(scene_.run().report.outcome, DeployOutcome::kDone);
  expect_served_soon(serials());
}

// Not Postfix: a new smtpd reads the files without being told.
class Deaf : public Served {};

TEST_P(Deaf, AServiceThatIgnoresItsReloadIsRedWithinOneCheck) {
  ASSERT_EQ(scene_.run().report.outcome, DeployOutcome::kDone);
  const auto old = serials();
  deployment_.hooks.reload = {"/bin/true"};
  deployment_.proof_within = std::chrono::seconds{1};
  scene_.put(deployment_);
  scene_.renew();
  const DeployRun run = scene_.run();
  EXPECT_EQ(run.report.outcome, DeployOutcome::kNotServed);
  EXPECT_THAT(run.report.error, HasSubstr("not served: " + server_->targets().front()));
  EXPECT_THAT(told(run), Contains("red not-served"));
  expect_served(old);
  // A proof is repeated; what is served at last is green again.
  deployment_.hooks.reload = server_->reload_command();
  ASSERT_EQ(run_command("'" + join(deployment_.hooks.reload, "' '") + "'").exit, 0);
  expect_served_soon(serials());
  const DeployRun proved = scene_.run(DeployHost::Mode::kProve);
  EXPECT_EQ(proved.report.outcome, DeployOutcome::kDone) << proved.report.error;
  EXPECT_THAT(told(proved), Not(Contains(StartsWith("red"))));
}

const Peer kNginx{"nginx", start_nginx, Layout::kCertbot}, kApache{"apache", start_apache, Layout::kFiles},
    kHaproxy{"haproxy", start_haproxy, Layout::kHaproxy},
    kPostfix{"postfix", start_postfix, Layout::kCombined}, kDovecot{"dovecot", start_dovecot, Layout::kFiles},
    kPostgresql{"postgresql", start_postgresql, Layout::kFiles, {"ecdsa"}, true},
    kSlapd{"slapd", start_slapd, Layout::kFiles, {"ecdsa"}, true},
    kProftpd{"proftpd", start_proftpd, Layout::kCombined};
INSTANTIATE_TEST_SUITE_P(Servers, Served,
                         testing::Values(kNginx, kApache, kHaproxy, kPostfix, kDovecot, kPostgresql, kSlapd,
                                         kProftpd),
                         name_of_peer);
INSTANTIATE_TEST_SUITE_P(Servers, Deaf,
                         testing::Values(kNginx, kApache, kHaproxy, kDovecot, kPostgresql, kSlapd),
                         name_of_peer);

class NginxFails : public Served {};
INSTANTIATE_TEST_SUITE_P(Servers, NginxFails, testing::Values(kNginx), name_of_peer);

TEST_P(NginxFails, ACheckThatFailsIsRolledBackBeforeAnythingIsReloaded) {
  ASSERT_EQ(scene_.run().report.outcome, DeployOutcome::kDone);
  const auto old = serials();
  const std::string config = (server_->directory() / "nginx.conf").string();
  const std::string good = read_text_file(config).value();
  ASSERT_TRUE(write_file_atomic(config, view_bytes(good + "no such directive;\n"), 0644));
  scene_.renew();
  const DeployRun failed = scene_.run();
  EXPECT_EQ(failed.report.error_id, "hook-check");
  EXPECT_THAT(failed.report.error, HasSubstr("unknown directive"));
  EXPECT_THAT(failed.lines, Contains("the old files stand again"));
  expect_served(old);
  ASSERT_TRUE(write_file_atomic(config, view_bytes(good), 0644));
  EXPECT_EQ(run_command("'" + join(server_->check_command(), "' '") + "'").exit, 0)
      << "the old pair is whole";
  ASSERT_EQ(scene_.run().report.outcome, DeployOutcome::kDone);
  expect_served_soon(serials());
}

TEST_P(NginxFails, AHookThatHangsIsKilledWithItsChildren) {
  ASSERT_EQ(scene_.run().report.outcome, DeployOutcome::kDone);
  const auto old = serials();
  deployment_.hooks.reload = {"/bin/sh", "-c", "sleep 10000 & echo $! > " + scene_.at("child") + "; wait"};
  deployment_.hooks.limit = std::chrono::seconds{1};
  scene_.put(deployment_);
  scene_.renew();
  const DeployRun failed = scene_.run();
  EXPECT_EQ(failed.report.error_id, "hook-reload");
  EXPECT_THAT(failed.report.error, HasSubstr("killed after 1 s"));
  const pid_t child = std::stoi(scene_.text("child"));
  // Whoever reaps orphans here may take a moment.
  for (int i = 0; i < 500 && ::kill(child, 0) == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  const std::string state = read_text_file("/proc/" + std::to_string(child) + "/stat").value_or("Z");
  EXPECT_THAT(state, HasSubstr("Z")) << "the child lives on";
  expect_served(old);
}

TEST_P(NginxFails, AHostileTargetIsRefusedAndTheOldOneServes) {
  ASSERT_EQ(scene_.run().report.outcome, DeployOutcome::kDone);
  const auto old = serials();
  const auto refuse = [&](const std::string& path, std::string_view why) {
    Deployment hostile = deployment_;
    hostile.path = path;
    scene_.put(hostile);
    const DeployRun refused = scene_.run();
    EXPECT_EQ(refused.report.outcome, DeployOutcome::kFailed) << path;
    EXPECT_THAT(refused.report.error, HasSubstr(std::string(why)));
  };
  scene_.renew();
  // Where everybody may write.
  std::filesystem::create_directory(scene_.at("open"));
  std::filesystem::permissions(scene_.at("open"), std::filesystem::perms::all);
  refuse(scene_.at("open/letsencrypt"), "open");
  EXPECT_TRUE(std::filesystem::is_empty(scene_.at("open")));
  if (::geteuid() == 0) {
    // A directory of somebody else's, and a link that he has made.
    std::filesystem::create_directory(scene_.at("foreign"));
    ASSERT_EQ(::chown(scene_.at("foreign").c_str(), 65534, 65534), 0);
    refuse(scene_.at("foreign/letsencrypt"), "foreign");
    std::filesystem::create_directory(scene_.at("victim"));
    std::filesystem::create_directory_symlink(scene_.at("victim"), scene_.at("link"));
    ASSERT_EQ(::lchown(scene_.at("link").c_str(), 65534, 65534), 0);
    refuse(scene_.at("link"), "link");
    EXPECT_TRUE(std::filesystem::is_empty(scene_.at("victim")));
  }
  expect_served(old);
}

class HaproxyRuntime : public Served {};
INSTANTIATE_TEST_SUITE_P(Servers, HaproxyRuntime, testing::Values(kHaproxy), name_of_peer);

TEST_P(HaproxyRuntime, IsGivenTheNewCertificatesWithoutAReload) {
  const pid_t before = server_->pid();
  deployment_.hooks = {};
  deployment_.haproxy_socket = (server_->directory() / "admin.sock").string();
  scene_.put(deployment_);
  for (int round = 0; round < 2; ++round) {
    scene_.renew();
    const DeployRun run = scene_.run();
    ASSERT_EQ(run.report.outcome, DeployOutcome::kDone) << run.report.error << "\n" << server_->log();
    EXPECT_THAT(run.lines, Contains(HasSubstr("committed")));
    expect_served(serials());
  }
  EXPECT_EQ(server_->pid(), before);
  EXPECT_TRUE(server_->running());
  // What a check refuses is taken back from HAProxy too.
  const auto old = serials();
  deployment_.hooks.reload = {"/bin/false"};
  scene_.put(deployment_);
  scene_.renew();
  EXPECT_EQ(scene_.run().report.outcome, DeployOutcome::kFailed);
  expect_served(old);
}

}  // namespace
}  // namespace certstead

#include "deploy/deployer.h"

#include <gmock/gmock.h>

#include "base/fake_clock.h"
#include "base/file.h"
#include "base/temp_dir.h"
#include "deploy/config.h"
#include "deploy/test_credential.h"

namespace certstead {
namespace {

using testing::HasSubstr;

class Deploying : public testing::Test {
 protected:
  Deploying() : deployer_({dir_.path() / "state", "host"}, clock_, log_) {
    first_.push_back(make_credential());
    second_.push_back(make_credential());
  }
  std::string at(const std::string& name) const { return (dir_.path() / name).string(); }
  std::string text(const std::string& name) const { return read_text_file(at(name)).value_or(""); }
  // Combined in www.pem; each hook leaves its name and `www.pem`'s size in the file "ran", then ends with its
  // exit code.
  Deployment deployment(int check = 0, int reload = 0, int post = 0) {
    const auto hook = [&](const std::string& name, int code) {
      return name + " = [\"sh\", \"-c\", \"echo " + name + " >> " + at("ran") + "; echo about " + name +
             "; exit " + std::to_string(code) + "\"]\n";
    };
    return parse_deployment("set = \"www.example.test\"\npath = \"" + at("www.pem") + "\"\n" +
                                hook("pre", 0) + hook("check", check) + hook("reload", reload) +
                                hook("post", post),
                            "www", "www.toml")
        .value();
  }
  bool stands(const DeployCredential& credential) {
    return text("www.pem").find(credential.leaf.to_pem()) != std::string::npos;
  }
  std::string serial(const DeployRun& run) {
    return run.report.deployed.empty() ? "" : run.report.deployed[0].serial;
  }

  TempDir dir_;
  FakeClock clock_;
  NullLog log_;
  Deployer deployer_;
  std::vector<DeployCredential> first_, second_;
};

TEST_F(Deploying, WritesRunsTheHooksInOrderAndReportsWhatStands) {
  const DeployRun run = deployer_.run(deployment(), first_, false);
  EXPECT_EQ(run.report.outcome, DeployOutcome::kDone) << run.report.error;
  EXPECT_TRUE(run.changed);
  EXPECT_EQ(text("ran"), "pre\ncheck\nreload\npost\n");
  EXPECT_TRUE(stands(first_[0]));
  EXPECT_EQ(serial(run), first_[0].leaf.serial());
  EXPECT_EQ(run.report.deployed_at, clock_.now());
}

TEST_F(Deploying, NothingToDoIsNothingWrittenAndNoHook) {
  deployer_.run(deployment(), first_, false);
  ASSERT_TRUE(write_file_atomic(at("ran"), {}));
  const auto before = std::filesystem::last_write_time(at("www.pem"));
  clock_.advance(std::chrono::hours{1});
  const DeployRun again = deployer_.run(deployment(), first_, false);
  EXPECT_EQ(again.report.outcome, DeployOutcome::kDone);
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(text("ran"), "");
  EXPECT_EQ(std::filesystem::last_write_time(at("www.pem")), before);
  EXPECT_EQ(again.report.deployed_at, clock_.now() - std::chrono::hours{1});
  EXPECT_TRUE(deployer_.run(deployment(), first_, true).changed);
  EXPECT_EQ(text("ran"), "pre\ncheck\nreload\npost\n");
}

TEST_F(Deploying, AFailingCheckTakesTheFilesBack) {
  deployer_.run(deployment(), first_, false);
  const DeployRun run = deployer_.run(deployment(1), second_, false);
  EXPECT_EQ(run.report.outcome, DeployOutcome::kFailed);
  EXPECT_THAT(run.report.error, HasSubstr("check (sh -c"));
  EXPECT_THAT(run.report.error, HasSubstr("about check"));
  EXPECT_TRUE(stands(first_[0]));
  EXPECT_EQ(serial(run), first_[0].leaf.serial());
  EXPECT_THAT(text("ran"), testing::EndsWith("pre\ncheck\n"));
}

TEST_F(Deploying, AFailingReloadTakesTheFilesBackAndIsTriedAgain) {
  deployer_.run(deployment(), first_, false);
  EXPECT_EQ(deployer_.run(deployment(0, 1), second_, false).report.error_id, "hook-reload");
  EXPECT_TRUE(stands(first_[0]));
  EXPECT_TRUE(deployer_.is_due(deployment(), second_).value());
  EXPECT_EQ(deployer_.run(deployment(), second_, false).report.outcome, DeployOutcome::kDone);
  EXPECT_TRUE(stands(second_[0]));
}

TEST_F(Deploying, AFailingPostLeavesWhatTheServiceHasTaken) {
  const DeployRun run = deployer_.run(deployment(0, 0, 1), first_, false);
  EXPECT_EQ(run.report.outcome, DeployOutcome::kFailed);
  EXPECT_EQ(run.report.error_id, "hook-post");
  EXPECT_TRUE(stands(first_[0]));
}

TEST_F(Deploying, AFirstDeploymentThatFailsLeavesNothing) {
  EXPECT_EQ(deployer_.run(deployment(1), first_, false).report.outcome, DeployOutcome::kFailed);
  EXPECT_FALSE(std::filesystem::exists(at("www.pem")));
}

TEST_F(Deploying, AnotherConfigurationIsAnotherDeployment) {
  deployer_.run(deployment(), first_, false);
  Deployment changed = deployment();
  changed.digest = "another";
  EXPECT_TRUE(deployer_.is_due(changed, first_).value());
  EXPECT_FALSE(deployer_.is_due(deployment(), first_).value());
}

TEST_F(Deploying, FilesThatSomebodyChangedAreWrittenAgain) {
  deployer_.run(deployment(), first_, false);
  ASSERT_TRUE(write_file_atomic(at("www.pem"), view_bytes("scribbled")));
  EXPECT_TRUE(deployer_.run(deployment(), first_, false).changed);
  EXPECT_TRUE(stands(first_[0]));
}

TEST_F(Deploying, ADryRunSaysEverythingAndDoesNothing) {
  const auto lines = deployer_.describe(deployment(), first_);
  ASSERT_TRUE(lines);
  std::string all;
  for (const std::string& line : *lines) all += line + "\n";
  EXPECT_THAT(all, HasSubstr("write " + at("www.pem") + " (0600)"));
  EXPECT_THAT(all, HasSubstr("run   reload: sh -c"));
  EXPECT_FALSE(std::filesystem::exists(at("www.pem")));
  EXPECT_FALSE(std::filesystem::exists(at("ran")));
}

TEST_F(Deploying, APortThatNobodyListensAtIsNotServed) {
  Deployment d = deployment();
  d.proofs = {"https://127.0.0.1:1?name=www.example.test"};
  d.proof_within = std::chrono::seconds{0};
  const DeployRun run = deployer_.run(d, first_, false);
  EXPECT_EQ(run.report.outcome, DeployOutcome::kNotServed);
  EXPECT_EQ(run.report.error_id, "not-served");
  EXPECT_TRUE(stands(first_[0])) << "a proof that fails takes nothing back";
  ASSERT_EQ(run.report.served.size(), 1U);
  EXPECT_EQ(run.report.served[0].expected, first_[0].leaf.serial());
}

TEST_F(Deploying, AHostileTargetIsRefusedBeforeAnyHook) {
  std::filesystem::create_directory(at("open"));
  std::filesystem::permissions(at("open"), std::filesystem::perms::all);
  Deployment d = deployment();
  d.path = at("open/www.pem");
  EXPECT_EQ(deployer_.run(d, first_, false).report.error_id, "deploy-target");
  EXPECT_FALSE(std::filesystem::exists(at("ran")));
}

TEST_F(Deploying, APkcs12FileIsMadeAnewOnlyForAnotherCertificate) {
  ASSERT_TRUE(write_file_atomic(at("password"), view_bytes("pass word\n")));
  const Deployment d =
      parse_deployment("set = \"www.example.test\"\nlayout = \"pkcs12\"\npath = \"" + at("www.p12") +
                           "\"\npassword_file = \"" + at("password") + "\"\npkcs12 = \"legacy\"\n",
                       "www", "www.toml")
          .value();
  EXPECT_EQ(serial(deployer_.run(d, first_, false)), first_[0].leaf.serial());
  const std::string written = text("www.p12");
  EXPECT_FALSE(deployer_.run(d, first_, false).changed);
  EXPECT_EQ(text("www.p12"), written);
  const DeployRun renewed = deployer_.run(d, second_, false);
  EXPECT_TRUE(renewed.changed);
  EXPECT_EQ(serial(renewed), second_[0].leaf.serial());
}

TEST_F(Deploying, TheStateSurvivesAndADamagedOneSaysSo) {
  deployer_.run(deployment(), first_, false);
  EXPECT_EQ(read_state(at("state"), "www")->report->deployed[0].serial, first_[0].leaf.serial());
  ASSERT_TRUE(write_file_atomic(at("state/www.json"), view_bytes("{")));
  EXPECT_THAT(deployer_.run(deployment(), first_, false).report.error, HasSubstr("is damaged; remove it"));
}

}  // namespace
}  // namespace certstead

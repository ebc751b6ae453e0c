// What hooks that were written for certbot and lego find.
#include <gmock/gmock.h>

#include "base/program.h"
#include "base/text.h"
#include "deploy_scene.h"

namespace certstead {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

Deployment two_lineages(const DeployScene& scene) {
  Deployment deployment = DeployScene::deployment(Layout::kCertbot);
  deployment.path = scene.at("letsencrypt");
  deployment.lineage = "www-{key}";
  return deployment;
}

TEST(DeployHooks, FindTheVariablesOfCertbotAndOfLego) {
  DeployScene scene;
  Deployment deployment = two_lineages(scene);
  deployment.hooks.check = {"/bin/sh", "-c", "env | sort > " + scene.at("environment")};
  scene.put(deployment);
  const DeployRun run = scene.run();
  ASSERT_EQ(run.report.outcome, DeployOutcome::kDone) << run.report.error;
  const std::string live = scene.at("letsencrypt/live/www-ecdsa");
  const std::vector<std::string> wanted = {
      "CERTBOT_ALL_DOMAINS=www.example.test",
      "CERTBOT_DOMAIN=www.example.test",
      "CERTSTEAD_DEPLOYMENT=www",
      "CERTSTEAD_KEYS=ecdsa rsa",
      "CERTSTEAD_SERIALS=" + scene.serial("ecdsa") + " " + scene.serial("rsa"),
      "CERTSTEAD_SET=www.example.test",
      "LEGO_CERT_DOMAIN=www.example.test",
      "LEGO_CERT_KEY_PATH=" + live + "/privkey.pem",
      "LEGO_CERT_PATH=" + live + "/fullchain.pem",
      "LEGO_ISSUER_CERT_PATH=" + live + "/chain.pem",
      "RENEWED_DOMAINS=www.example.test",
      "RENEWED_LINEAGE=" + live,
  };
  const std::string environment = scene.text("environment");
  std::vector<std::string> found;
  for (const std::string_view line : split(environment, '\n')) {
    for (const char* const prefix : {"CERT", "LEGO", "RENEWED"}) {
      if (line.starts_with(prefix)) found.emplace_back(line);
    }
  }
  EXPECT_EQ(found, wanted);
  EXPECT_THAT(environment, HasSubstr("PATH=" + std::string(kProgramPath)));
}

TEST(DeployHooks, ReloadAndPostRunForEachLineageAsCertbotsDeployHooksDoAndTheOthersOnce) {
  DeployScene scene;
  Deployment deployment = two_lineages(scene);
  const auto note = [&](const std::string& hook) {
    return std::vector<std::string>{"/bin/sh", "-c",
                                    "echo " + hook +
                                        " ${RENEWED_LINEAGE##*/} $CERTSTEAD_KEYS $CERTSTEAD_SERIALS "
                                        "${LEGO_CERT_KEY_PATH##*/live/} >> " +
                                        scene.at("hooks")};
  };
  deployment.hooks.pre = note("pre");
  deployment.hooks.check = note("check");
  deployment.hooks.reload = note("reload");
  deployment.hooks.post = note("post");
  scene.put(deployment);
  const auto said = scene.host.describe(deployment);
  ASSERT_TRUE(said) << said.error().detail;
  EXPECT_THAT(*said, Contains(StartsWith("run   check: ")));
  EXPECT_THAT(*said, Contains(StartsWith("run   reload for each lineage: ")));
  const DeployRun run = scene.run();
  ASSERT_EQ(run.report.outcome, DeployOutcome::kDone) << run.report.error;
  const std::string ecdsa = scene.serial("ecdsa"), rsa = scene.serial("rsa");
  const std::string all = " www-ecdsa ecdsa rsa " + ecdsa + " " + rsa + " www-ecdsa/privkey.pem\n";
  const std::string first = " www-ecdsa ecdsa " + ecdsa + " www-ecdsa/privkey.pem\n";
  const std::string second = " www-rsa rsa " + rsa + " www-rsa/privkey.pem\n";
  EXPECT_EQ(scene.text("hooks"), "pre" + all + "check" + all + "reload" + first + "reload" + second + "post" +
                                     first + "post" + second);
}

}  // namespace
}  // namespace certstead

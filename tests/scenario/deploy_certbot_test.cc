// The layout certbot, as the real certbot reads it, and what hooks that were written for certbot and lego
// find.
#include <gmock/gmock.h>

#include "base/text.h"
#include "deploy_scene.h"
#include "support/command.h"

namespace certstead {
namespace {

using testing::HasSubstr;
using testing::Not;

class CertbotLayout : public testing::Test {
 protected:
  CertbotLayout() {
    deployment_ = DeployScene::deployment(Layout::kCertbot);
    deployment_.path = scene_.at("letsencrypt");
    deployment_.lineage = "www-{key}";
    deployment_.hooks.post = {"/bin/sh", "-c", "env | sort > " + scene_.at("environment")};
    scene_.put(deployment_);
  }
  std::string live(const std::string& kind, const std::string& name) const {
    return scene_.at("letsencrypt/live/www-" + kind + "/" + name);
  }
  // certbot names a lineage only if there is a configuration of its renewal. Ours is renewed by nobody but
  // Certstead, so a deployment writes none; here the test does.
  void write_renewal(const std::string& kind) const {
    std::filesystem::create_directory(scene_.at("letsencrypt/renewal"));
    std::string text =
        "version = 2.1.0\narchive_dir = " + scene_.at("letsencrypt/archive/www-" + kind) + "\n";
    for (const std::string name : {"cert", "privkey", "chain", "fullchain"})
      text += name + " = " + live(kind, name + ".pem") + "\n";
    text += "[renewalparams]\nauthenticator = standalone\nserver = https://ca.test/directory\n";
    ASSERT_TRUE(
        write_file_atomic(scene_.at("letsencrypt/renewal/www-" + kind + ".conf"), view_bytes(text), 0644));
  }
  CommandEnd certbot(const std::string& words) const {
    return run_command("certbot " + words + " --config-dir " + scene_.at("letsencrypt") + " --work-dir " +
                       scene_.at("work") + " --logs-dir " + scene_.at("logs"));
  }
  std::string link(const std::string& kind, const std::string& name) const {
    return std::filesystem::read_symlink(live(kind, name)).string();
  }
  DeployScene scene_;
  Deployment deployment_;
};

TEST_F(CertbotLayout, IsReadByTheRealCertbotBeforeAndAfterARenewal) {
  if (run_command("certbot --version").exit != 0) GTEST_SKIP() << "certbot is not installed";
  ASSERT_EQ(scene_.run().report.outcome, DeployOutcome::kDone);
  EXPECT_THAT(certbot("certificates").output, HasSubstr("No certificates found")) << "without renewal/*.conf";
  write_renewal("ecdsa");
  write_renewal("rsa");
  for (int round = 1; round <= 2; ++round) {
    if (round > 1) {
      scene_.renew();
      ASSERT_EQ(scene_.run().report.outcome, DeployOutcome::kDone);
    }
    const std::string said = certbot("certificates").output;
    for (const std::string kind : {"ecdsa", "rsa"}) {
      EXPECT_THAT(said,
                  HasSubstr("Certificate Name: www-" + kind + "\n    Serial Number: " + scene_.serial(kind)));
      EXPECT_EQ(link(kind, "fullchain.pem"),
                "../../archive/www-" + kind + "/fullchain" + std::to_string(round) + ".pem");
    }
    EXPECT_THAT(said, HasSubstr("Key Type: ECDSA"));
    EXPECT_THAT(said, HasSubstr("Key Type: RSA"));
    EXPECT_THAT(said, HasSubstr("Domains: www.example.test"));
    EXPECT_THAT(said, HasSubstr("Private Key Path: " + live("rsa", "privkey.pem")));
    EXPECT_THAT(said, Not(HasSubstr("INVALID: SYMLINK")));
    EXPECT_THAT(said, Not(HasSubstr("could not be parsed")));
  }
}

TEST_F(CertbotLayout, HooksFindTheVariablesOfCertbotAndOfLego) {
  const DeployRun run = scene_.run();
  ASSERT_EQ(run.report.outcome, DeployOutcome::kDone) << run.report.error;
  std::vector<std::string> wanted = {
      "CERTBOT_ALL_DOMAINS=www.example.test",
      "CERTBOT_DOMAIN=www.example.test",
      "CERTSTEAD_DEPLOYMENT=www",
      "CERTSTEAD_KEYS=ecdsa rsa",
      "CERTSTEAD_SERIALS=" + scene_.serial("ecdsa") + " " + scene_.serial("rsa"),
      "CERTSTEAD_SET=www.example.test",
      "LEGO_CERT_DOMAIN=www.example.test",
      "LEGO_CERT_KEY_PATH=" + live("ecdsa", "privkey.pem"),
      "LEGO_CERT_PATH=" + live("ecdsa", "fullchain.pem"),
      "LEGO_ISSUER_CERT_PATH=" + live("ecdsa", "chain.pem"),
      "RENEWED_DOMAINS=www.example.test",
      "RENEWED_LINEAGE=" + scene_.at("letsencrypt/live/www-ecdsa"),
  };
  std::vector<std::string> found;
  for (const std::string_view line : split(scene_.text("environment"), '\n')) {
    for (const char* const prefix : {"CERT", "LEGO", "RENEWED"}) {
      if (line.starts_with(prefix)) found.emplace_back(line);
    }
  }
  EXPECT_EQ(found, wanted);
  EXPECT_THAT(scene_.text("environment"), HasSubstr("PATH=" + std::string(kHookPath)));
}

}  // namespace
}  // namespace certstead

#include "model/deployment_health.h"

#include <gmock/gmock.h>

namespace certstead {
namespace {

using testing::HasSubstr;

const Instant kNow = from_unix_seconds(1'800'000'000);

DeploymentReport report(const std::string& ecdsa, const std::string& rsa) {
  DeploymentReport out;
  out.name = "www";
  out.set_name = "www.example.test";
  out.reported = kNow;
  out.deployed = {{"/a.pem", KeyType::kP256, ecdsa, "", {}}, {"/b.pem", KeyType::kRsa2048, rsa, "", {}}};
  out.served = {{"https://a.test", "ecdsa", ecdsa, ecdsa, ""}, {"https://a.test", "rsa", rsa, rsa, ""}};
  return out;
}

std::vector<ActiveCertificate> active(Duration age = std::chrono::hours{1}) {
  return {{"v1", KeyType::kP256, "0a", kNow - age}, {"v2", KeyType::kRsa2048, "0b", kNow - age}};
}

TEST(DeploymentFacts, AreDerivedFromSerials) {
  EXPECT_EQ(facts_of({}, active()).deployed, Reach::kNone);
  EXPECT_EQ(facts_of({report("0a", "0b")}, active()).deployed, Reach::kYes);
  EXPECT_EQ(facts_of({report("0a", "0b")}, active()).served, Reach::kYes);
  EXPECT_EQ(facts_of({report("0a", "01")}, active()).served, Reach::kPart);
  EXPECT_EQ(facts_of({report("02", "01")}, active()).deployed, Reach::kNo);
  EXPECT_EQ(facts_of({report("0a", "0b"), report("02", "01")}, active()).deployed, Reach::kPart);
}

TEST(DeploymentFacts, AReportWithoutFilesHasDeployedNothing) {
  DeploymentReport failed;
  failed.outcome = DeployOutcome::kFailed;
  EXPECT_EQ(facts_of({failed}, active()).deployed, Reach::kNo);
  EXPECT_EQ(facts_of({failed}, active()).served, Reach::kNone);
}

TEST(DeploymentHealth, WhatIsDeployedAndServedSaysNothing) {
  HealthReport health;
  judge_deployments({report("0a", "0b")}, active(), kNow, health);
  EXPECT_EQ(health.overall(), Health::kGreen);
  EXPECT_TRUE(health.reasons.empty());
}

TEST(DeploymentHealth, EachPlaceThatIsBehindIsNamedOnce) {
  HealthReport health;
  judge_deployments({report("0a", "01")}, active(), kNow, health);
  EXPECT_EQ(health.overall(), Health::kRed);
  ASSERT_EQ(health.reasons.size(), 2U);
  EXPECT_THAT(health.reasons[0],
              HasSubstr("deployed is older than issued: /b.pem has serial 01, issued is 0b"));
  EXPECT_THAT(health.reasons[1], HasSubstr("not served at https://a.test (rsa)"));
}

TEST(DeploymentHealth, AFreshCertificateHasTimeToArrive) {
  HealthReport health;
  judge_deployments({report("0a", "01")}, active(std::chrono::minutes{2}), kNow, health);
  EXPECT_EQ(health.overall(), Health::kYellow);
}

TEST(DeploymentHealth, AFailureIsRedWithItsReason) {
  DeploymentReport failed = report("0a", "0b");
  failed.outcome = DeployOutcome::kFailed;
  failed.error = "check (nginx -t) failed: exit 1";
  HealthReport health;
  judge_deployments({failed}, active(), kNow, health);
  EXPECT_EQ(health.overall(), Health::kRed);
  EXPECT_THAT(health.reasons.front(), HasSubstr("nginx -t"));
}

TEST(DeploymentReport, TimesAloneAreNoChange) {
  DeploymentReport later = report("0a", "0b");
  later.reported = kNow + std::chrono::hours{1};
  later.proved_at = kNow;
  EXPECT_TRUE(same_state(report("0a", "0b"), later));
  later.served.front().serial = "01";
  EXPECT_FALSE(same_state(report("0a", "0b"), later));
}

}  // namespace
}  // namespace certstead

// What the watch says of deployments and of our own CAs.
#include <gmock/gmock.h>

#include "watch_scene.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

DeploymentReport report_of(Scene& scene, const std::string& serial, const std::string& problem = "") {
  DeploymentReport report;
  report.name = "web", report.host = "h.test", report.set_name = "www.example.test";
  report.deployed = {{"/etc/www.pem", KeyType::kP256, serial, "f", scene.manager.clock.now()}};
  report.served = {{"https://www.example.test", "ecdsa", serial, serial, problem}};
  report.outcome = problem.empty() ? DeployOutcome::kDone : DeployOutcome::kNotServed;
  report.reported = scene.manager.clock.now();
  return report;
}

TEST(Watch, WhatIsNotServedIsToldAndThatItIsOver) {
  Scene scene;
  scene.trust(scene.manager.ca.root());
  scene.add_mail();
  const std::string serial = scene.manager.issue({"www.example.test"}).versions.front().facts.serial;
  DeploymentDesk deployments(*scene.manager.context);
  ASSERT_TRUE(deployments.take(report_of(scene, serial), scene.manager.actor));
  EXPECT_THAT(scene.round(), IsEmpty());
  ASSERT_TRUE(deployments.take(report_of(scene, serial, "nobody answers"), scene.manager.actor));
  EXPECT_THAT(scene.round(), ElementsAre("new not-served www.example.test"));
  EXPECT_THAT(scene.ids(), ElementsAre("not-served"));
  ASSERT_TRUE(deployments.take(report_of(scene, serial), scene.manager.actor));
  EXPECT_THAT(scene.round(), ElementsAre("over not-served www.example.test"));
  DeploymentReport failed = report_of(scene, serial);
  failed.outcome = DeployOutcome::kFailed;
  failed.error = "reload (nginx -s reload) failed: exit 1";
  ASSERT_TRUE(deployments.take(failed, scene.manager.actor));
  EXPECT_THAT(scene.round(), ElementsAre("new deploy-failed www.example.test"));
}

TEST(Watch, WhatWasRenewedAMomentAgoIsOnItsWayAndNobodyIsToldUntilItIsLate) {
  Scene scene;
  scene.trust(scene.manager.ca.root());
  scene.add_mail();
  const std::string old = scene.manager.issue({"www.example.test"}).versions.front().facts.serial;
  DeploymentDesk deployments(*scene.manager.context);
  ASSERT_TRUE(deployments.take(report_of(scene, old), scene.manager.actor));
  scene.round();
  ASSERT_TRUE(scene.manager.requests->renew("www.example.test", true, scene.manager.actor));
  scene.manager.run_due();
  EXPECT_THAT(scene.round(), IsEmpty());
  EXPECT_THAT(scene.ids(), Contains("deploy-pending"));
  EXPECT_THAT(scene.round(std::chrono::minutes(10)), AllOf(Contains("new deploy-outdated www.example.test"),
                                                           Contains("new not-served www.example.test")));
  EXPECT_EQ(scene.desk->view("").value().overall, Health::kRed);
}

TEST(Watch, ADeploymentOfASetThatThereIsNotIsNamed) {
  Scene scene;
  DeploymentDesk deployments(*scene.manager.context);
  ASSERT_TRUE(deployments.take(report_of(scene, "01"), scene.manager.actor));
  EXPECT_THAT(scene.ids(), ElementsAre("deploy-without-set"));
  ASSERT_TRUE(deployments.forget("web", scene.manager.actor));
  EXPECT_THAT(scene.ids(), IsEmpty());
}

TEST(Watch, OurOwnCasAreInTheHealthOfEverything) {
  Scene scene;
  scene.add_mail();
  ASSERT_TRUE(scene.manager.micro_ca->create({.name = "office"}, "test"));
  EXPECT_THAT(scene.ids(), IsEmpty());
  scene.manager.clock.advance(std::chrono::days(4));
  EXPECT_THAT(scene.ids(), ElementsAre("crl-old"));
  EXPECT_THAT(scene.round(), Contains("new crl-old CA office"));
  ASSERT_TRUE(scene.manager.micro_ca->tend());
  EXPECT_THAT(scene.round(), Contains("over crl-old CA office"));
  scene.manager.clock.set(scene.manager.micro_ca->show("office")->facts->not_after - std::chrono::days(10));
  EXPECT_THAT(scene.ids(), AllOf(Contains("ca-expires"), Contains("crl-expired")));
  // The key of another CA in the place of its own.
  ASSERT_TRUE(scene.manager.micro_ca->create({.name = "other"}, "test"));
  CaRecord office = scene.manager.store->cas().find_ca("office").value();
  office.chain = scene.manager.store->cas().find_ca("other").value().chain;
  ASSERT_TRUE(scene.manager.store->cas().update_ca(office, {"test", "swap", "office", ""}));
  scene.restart();
  EXPECT_THAT(scene.ids(), Contains("ca-key-mismatch"));
  EXPECT_EQ(scene.desk->view("").value().overall, Health::kRed);
}

}  // namespace
}  // namespace certstead

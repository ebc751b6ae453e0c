// What ports that serve views show, and what the manager makes of it.
#include <gmock/gmock.h>

#include "manager/view_prover.h"
#include "watch_scene.h"

namespace certstead {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A server at every port: it shows what is asked for, or else what the test says.
class FakePort final : public ServedProbe {
 public:
  ServedCertificate look(const ServedQuestion& question, Deadline) override {
    asked.push_back(question.target + " " + question.server_name + (question.rsa ? " rsa" : " ecdsa"));
    ServedCertificate out{question.target, question.rsa ? "rsa" : "ecdsa", question.serial, question.serial,
                          problem};
    if (!problem.empty()) out.serial = "";
    return out;
  }
  std::vector<std::string> take() { return std::exchange(asked, {}); }
  std::string problem;
  std::vector<std::string> asked;
};

struct ProofScene : Scene {
  explicit ProofScene(const std::string& view = "gateway") {
    options.proofs = {{view, {"https://127.0.0.1:443"}}};
    trust(manager.ca.root());
    start();
  }
  void start() { prover.emplace(*manager.context, port, options); }
  void restart_all() {
    prover.reset();
    restart();
    start();
  }
  // What is due, after `later`.
  std::vector<std::string> prove(Duration later = Duration{0}) {
    manager.clock.advance(later);
    for (;;) {
      const auto done = prover->round();
      EXPECT_TRUE(done) << done.error().detail;
      if (!done || *done == 0) return port.take();
    }
  }
  Reach served() { return manager.requests->status("", 10)->front().reach.served; }
  FakePort port;
  ProofOptions options;
  std::optional<ViewProver> prover;
};

TEST(Proofs, EverySetOfAViewIsAskedForAtItsPortsForBothKindsOfKeysAndAgainEachHour) {
  ProofScene scene;
  scene.manager.issue({"www.example.test"}, {"p256", "rsa2048"});
  EXPECT_EQ(scene.served(), Reach::kNone);
  EXPECT_THAT(scene.prove(), ElementsAre("https://127.0.0.1:443 www.example.test ecdsa",
                                         "https://127.0.0.1:443 www.example.test rsa"));
  EXPECT_EQ(scene.served(), Reach::kYes);
  EXPECT_THAT(scene.ids(), IsEmpty());
  EXPECT_THAT(scene.prove(minutes{59}), IsEmpty());
  EXPECT_EQ(scene.prove(minutes{1}).size(), 2U);
}

TEST(Proofs, WhatIsRenewedIsProvedAtOnceAndIsNoFindingUntilThen) {
  ProofScene scene;
  scene.manager.issue({"www.example.test"});
  scene.prove();
  ASSERT_TRUE(scene.manager.requests->renew("www.example.test", true, scene.manager.actor));
  scene.manager.run_due();
  EXPECT_EQ(scene.served(), Reach::kNo);
  EXPECT_THAT(scene.ids(), IsEmpty());
  EXPECT_EQ(scene.prove().size(), 1U);
  EXPECT_EQ(scene.served(), Reach::kYes);
}

TEST(Proofs, WhatThreeLooksDoNotSeeIsRedAndToldUntilItIsServed) {
  ProofScene scene;
  scene.add_mail();
  scene.manager.issue({"www.example.test"});
  scene.port.problem = "it shows serial 01, not 02";
  scene.prove();
  scene.prove(std::chrono::seconds{2});
  EXPECT_EQ(scene.served(), Reach::kNone) << "one that starts just now has time";
  scene.prove(std::chrono::seconds{2});
  EXPECT_EQ(scene.served(), Reach::kNo);
  EXPECT_THAT(scene.round(), ElementsAre("new not-served www.example.test"));
  const HealthView red = scene.desk->view("").value();
  EXPECT_EQ(red.overall, Health::kRed);
  EXPECT_THAT(red.findings.front().finding.detail,
              HasSubstr("view gateway not served at https://127.0.0.1:443 (ecdsa): it shows serial 01"));
  scene.restart_all();
  EXPECT_THAT(scene.ids(), ElementsAre("not-served"));
  scene.port.problem = "";
  scene.prove();
  EXPECT_THAT(scene.round(), ElementsAre("over not-served www.example.test"));
  EXPECT_EQ(scene.served(), Reach::kYes);
}

TEST(Proofs, OutliveTheManagerAndAreNotRepeatedBeforeTheirTime) {
  ProofScene scene;
  scene.manager.issue({"www.example.test"});
  scene.prove();
  scene.manager.clock.advance(minutes{30});
  scene.restart_all();
  EXPECT_EQ(scene.served(), Reach::kYes);
  EXPECT_THAT(scene.prove(), IsEmpty());
  EXPECT_EQ(scene.prove(minutes{30}).size(), 1U);
}

TEST(Proofs, GoWithTheSetAndWithThePort) {
  ProofScene scene;
  scene.manager.issue({"a.example.test"});
  scene.manager.issue({"b.example.test"});
  scene.prove();
  const auto reports = [&] { return scene.manager.store->deployments().list_deployments()->size(); };
  EXPECT_EQ(reports(), 2U);
  ASSERT_TRUE(scene.manager.requests->remove("a.example.test", scene.manager.actor));
  EXPECT_THAT(scene.ids(), IsEmpty());
  scene.prove();
  EXPECT_EQ(reports(), 1U);
  scene.options.proofs = {};
  scene.restart_all();
  scene.prove();
  EXPECT_EQ(reports(), 0U);
  EXPECT_EQ(scene.served(), Reach::kNone);
}

TEST(Proofs, AViewThatNobodyFillsAsksNobody) {
  ProofScene scene("mail");
  scene.manager.issue({"www.example.test"});
  EXPECT_THAT(scene.prove(), IsEmpty());
  EXPECT_EQ(scene.served(), Reach::kNone);
}

TEST(Proofs, OnesOfADayAgoAreYellow) {
  ProofScene scene;
  scene.manager.issue({"www.example.test"});
  scene.prove();
  scene.manager.clock.advance(hours{25});
  EXPECT_THAT(scene.ids(), testing::Contains("proof-stale"));
}

TEST(Proofs, NoHostCanSayThatAViewIsServed) {
  ProofScene scene;
  DeploymentDesk desk(*scene.manager.context);
  DeploymentReport report;
  report.name = "gateway:www.example.test", report.set_name = "www.example.test";
  EXPECT_EQ(desk.take(report, scene.manager.actor).error().id, "deployment-name");
  report.name = "web", report.layout = kViewLayout;
  EXPECT_EQ(desk.take(report, scene.manager.actor).error().id, "deployment-name");
}

}  // namespace
}  // namespace certstead

#include <gmock/gmock.h>

#include "base/file.h"
#include "base/temp_dir.h"
#include "cli/fake_answers.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// One deployment, whose view is not there: every run of it fails, which is worth a report as well.
class DeployVerbs : public testing::Test {
 protected:
  DeployVerbs() {
    scene.environment["CERTSTEAD_DEPLOY_DIR"] = (dir.path() / "deploy.d").string();
    scene.environment["CERTSTEAD_DEPLOY_VIEW"] = (dir.path() / "view").string();
    scene.environment["CERTSTEAD_DEPLOY_STATE"] = (dir.path() / "state").string();
    const Ran added = scene.run({"deploy", "add", "web", "--set", "www.example.test", "--path",
                                 (dir.path() / "www-{key}.pem").string()});
    EXPECT_EQ(added.exit_code, kExitOk) << added.err;
  }
  TempDir dir;
  CliScene scene;
};

TEST_F(DeployVerbs, RunTellsTheManagerHowItEnded) {
  scene.manager.answer("PUT /deployments/web", 200, "{}");
  const Ran ran = scene.run({"deploy", "run"});
  EXPECT_EQ(ran.exit_code, kExitFailed);
  EXPECT_THAT(ran.out, HasSubstr("failed"));
  EXPECT_THAT(scene.manager.last_call(),
              AllOf(StartsWith("PUT /deployments/web {"), HasSubstr(R"("set":"www.example.test")"),
                    HasSubstr(R"("outcome":"failed")")));
}

TEST_F(DeployVerbs, WithoutAManagerTheReportIsKeptForTheNextRun) {
  ASSERT_EQ(scene
                .run({"deploy", "add", "mail", "--set", "mail.example.test", "--path",
                      (dir.path() / "mail-{key}.pem").string()})
                .exit_code,
            kExitOk);
  scene.manager.answer("PUT /deployments/web", 0, "");
  scene.manager.answer("PUT /deployments/web", 200, "{}");
  scene.manager.answer("PUT /deployments/mail", 200, "{}");
  const Ran alone = scene.run({"deploy", "run", "web"});
  EXPECT_THAT(alone.err, HasSubstr("the manager was not told of web, the next run does it"));
  const Ran other = scene.run({"deploy", "run", "mail"});
  EXPECT_EQ(other.err, "");
  EXPECT_THAT(
      scene.manager.calls(),
      Contains(AllOf(StartsWith("PUT /deployments/web {"), HasSubstr(R"("outcome":"failed")"))).Times(2));
  const std::size_t told = scene.manager.calls().size();
  scene.run({"deploy", "run", "mail"});
  EXPECT_EQ(scene.manager.calls().size(), told + 1) << "web was told already";
}

TEST_F(DeployVerbs, RemoveLetsTheManagerForget) {
  scene.manager.answer("DELETE /deployments/web", 204, "");
  EXPECT_EQ(scene.run({"deploy", "remove", "web", "--yes"}).err, "removed web; its files stay\n");
  EXPECT_EQ(scene.manager.last_call(), "DELETE /deployments/web");
  EXPECT_EQ(scene.run({"deploy", "remove", "web", "--yes"}).exit_code, kExitOk)
      << "the manager may know it still";
  EXPECT_EQ(scene.run({"deploy", "remove", "none", "--yes"}).exit_code, kExitFailed);
}

TEST_F(DeployVerbs, ADryRunTellsNobody) {
  scene.run({"deploy", "run", "--dry-run"});
  EXPECT_THAT(scene.manager.calls(), IsEmpty());
}

TEST(Status, ShowsHowFarTheCertificatesOfEachSetHaveCome) {
  CliScene scene;
  scene.manager.answer("GET /status?limit=5000&after=", 200,
                       R"({"sets":[{"name":"www.example.test","status":"issued","health":"red",
      "reasons":["not served at https://www.example.test (rsa): it shows serial 01"],"key_types":["p256","rsa2048"],
      "expires":"2027-02-20T08:15:46Z","next_try":"2027-01-21T08:15:46Z","issued":"2026-11-22T08:15:46Z",
      "deployed":"yes","served":"part"}],"next":"www.example.test"})");
  scene.manager.answer("GET /status?limit=5000&after=www.example.test", 200,
                       R"({"sets":[{"name":"z.test","health":"green","key_types":["p256"],"deployed":"none",
      "served":"none"}],"next":null})");
  const Ran ran = scene.run({"status"});
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_EQ(
      ran.out,
      "SET               HEALTH  KEYS          EXPIRES               NEXT TRY    ISSUED  DEPLOYED  SERVED\n"
      "----------------  ------  ------------  --------------------  ----------  ------  --------  ------\n"
      "www.example.test  red     p256,rsa2048  2027-02-20 (90 days)  2027-01-21  yes     yes       part\n"
      "z.test            green   p256          -                     -           no      -         -\n"
      "\n"
      "www.example.test: not served at https://www.example.test (rsa): it shows serial 01\n"
      "\n"
      "2 sets: 1 red, 1 green\n");
}

TEST(Show, TellsEveryFileAndPortOfADeployment) {
  CliScene scene;
  std::string set = kSet;
  set.insert(set.rfind('}'), R"(,"deployed":"yes","served":"no","deployments":[{"name":"web","host":"h.test",
    "outcome":"not-served","error":"","deployed":[{"path":"/etc/www.pem","key_type":"p256","serial":"0a1b"}],
    "served":[{"target":"https://www.example.test","kind":"ecdsa","problem":"it shows serial 01"}],
    "deployed_at":"2026-11-22T08:05:46Z","proved_at":null,"reported":"2026-11-22T08:15:46Z"}])");
  scene.manager.answer("GET /sets/www.example.test", 200, set);
  const Ran ran = scene.run({"show", "www.example.test"});
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("  deployed   yes\n  served     no\n"),
                    HasSubstr("  deployment web on h.test\n    outcome   not-served\n    file      "
                              "/etc/www.pem, p256, serial 0a1b\n    port      https://www.example.test "
                              "(ecdsa): it shows serial 01\n    deployed  2026-11-22 08:05 UTC, 10 min "
                              "ago\n")));
}

}  // namespace
}  // namespace certstead

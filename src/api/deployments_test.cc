#include <gmock/gmock.h>

#include "api/scene_testing.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string report(const std::string& serial, const std::string& problem = "") {
  return R"({"host":"h.test","set":"www.example.test","layout":"combined","outcome":")" +
         std::string(problem.empty() ? "done" : "not-served") +
         R"(","error":"","error_id":"","deployed":[{"path":"/etc/www.pem","key_type":"p256","serial":")" +
         serial +
         R"(","fingerprint":"f","not_after":"2027-02-20T08:15:46Z"}],"served":[{"target":"https://www.example.test",)"
         R"("kind":"ecdsa","serial":")" +
         serial + R"(","expected":"abp256","problem":")" + problem +
         R"("}],"deployed_at":"2100-01-01T00:00:00Z","proved_at":null,"reported":"2100-01-01T00:00:00Z"})";
}

class Deployments : public testing::Test {
 protected:
  Deployments() {
    scene.post("/api/v1/sets", R"({"names":["www.example.test"],"key_types":["p256"]})");
    scene.activate("www.example.test", scene.clock.now() + std::chrono::hours(24 * 90));
  }
  Answer put(const std::string& body) { return scene.call("PUT", "/api/v1/deployments/web", body); }
  std::string status() { return scene.get("/api/v1/status").body; }
  ApiScene scene;
};

TEST_F(Deployments, AReportIsStoredShownAndSaysWhatIsDeployedAndServed) {
  EXPECT_THAT(status(), HasSubstr(R"("deployed":"none","served":"none")"));
  const Answer taken = put(report("abp256"));
  EXPECT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(taken.text("name"), "web");
  EXPECT_NE(taken.text("reported").substr(0, 4), "2100") << "what is yet to come counts as now";
  EXPECT_NE(taken.text("deployed_at").substr(0, 4), "2100");
  EXPECT_THAT(scene.get("/api/v1/deployments").body, HasSubstr("/etc/www.pem"));
  EXPECT_EQ(scene.get("/api/v1/deployments/web").text("set"), "www.example.test");
  EXPECT_THAT(status(),
              AllOf(HasSubstr(R"("deployed":"yes","served":"yes")"), HasSubstr(R"("health":"green")")));
  EXPECT_THAT(scene.get("/api/v1/sets/www.example.test").body,
              AllOf(HasSubstr(R"("served":"yes","deployments":[{"name":"web")"), HasSubstr("/etc/www.pem")));
}

TEST_F(Deployments, WhatIsNotServedIsRedWithItsReason) {
  put(report("01", "it shows serial 01"));
  EXPECT_THAT(status(),
              AllOf(HasSubstr(R"("deployed":"no","served":"no")"), HasSubstr(R"("health":"red")"),
                    HasSubstr("not served at https://www.example.test (ecdsa): it shows serial 01")));
  EXPECT_THAT(scene.get("/api/v1/sets/www.example.test").body, HasSubstr(R"("id":"not-served")"));
}

TEST_F(Deployments, WhatAHostNoLongerDeploysIsForgotten) {
  put(report("abp256"));
  EXPECT_EQ(scene.call("DELETE", "/api/v1/deployments/web").status, 204);
  EXPECT_EQ(scene.call("DELETE", "/api/v1/deployments/web").status, 404);
  EXPECT_THAT(status(), HasSubstr(R"("deployed":"none")"));
  const std::string audit = scene.get("/api/v1/audit").body;
  EXPECT_THAT(audit, AllOf(HasSubstr("deployment.report"), HasSubstr("deployment.forget")));
}

TEST_F(Deployments, WhatIsNoReportIsRefusedByName) {
  EXPECT_EQ(put("{}").status, 400);
  std::string wrong = report("abp256");
  wrong.insert(1, R"("command":"rm",)");
  EXPECT_EQ(put(wrong).text("id"), "unknown-member");
  wrong = report("abp256");
  wrong.replace(wrong.find("\"done\""), 6, "\"fine\"");
  EXPECT_THAT(put(wrong).body, HasSubstr("is no outcome of a deployment"));
  EXPECT_THAT(scene.get("/api/v1/deployments").body, Not(HasSubstr("web")));
}

}  // namespace
}  // namespace certstead

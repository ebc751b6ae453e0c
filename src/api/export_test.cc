#include <gmock/gmock.h>

#include "api/routes.h"
#include "api/scene_testing.h"
#include "base/encoding.h"

namespace certstead {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kStrong = R"({"password":"a strong password"})";

// An active credential that is granted to the export identity, or not.
void activate(ApiScene& scene, bool exportable) {
  scene.request("www.example.test");
  scene.activate("www.example.test", scene.clock.now() + std::chrono::hours(24 * 90));
  if (!exportable) return;
  const CredentialSet set = scene.store->credentials().find_set_by_name("www.example.test").value();
  const auto active = scene.store->versions().active_versions(set.id).value();
  for (const CredentialVersion& version : active) {
    EXPECT_TRUE(scene.store->versions().set_grants(
        version.id, {{version.key.ref, std::string(kExportRecipient), {1}}}, {"test", "grant", "", ""}));
  }
}

std::string body(const std::string& password) {
  return R"({"password":")" + password + R"(","file_password":"for the file","key_type":"p256"})";
}

TEST(ExportRoutes, SetUpSaysItsRuleAndIsDoneOnce) {
  ApiScene scene;
  EXPECT_THAT(scene.get("/api/v1/export").body, HasSubstr(R"("set_up":false)"));
  for (const char* weak : {R"({"password":"short"})", R"({"password":"aaaaaaaaaaaaaaaaaaaa"})"}) {
    const Answer refused = scene.post("/api/v1/export", weak);
    EXPECT_EQ(refused.status, 400) << weak;
    EXPECT_THAT(refused.text("detail"), HasSubstr("at least 14 characters, 7 different ones"));
  }
  EXPECT_EQ(scene.post("/api/v1/export", kStrong).status, 200);
  EXPECT_THAT(scene.get("/api/v1/export").body, HasSubstr(R"("set_up":true)"));
  EXPECT_EQ(scene.post("/api/v1/export", kStrong).status, 409);
}

TEST(ExportRoutes, AnExportableSetNeedsTheSetUp) {
  ApiScene scene;
  const std::string request = R"({"names":["www.example.test"],"exportable":true})";
  EXPECT_EQ(scene.post("/api/v1/sets", request).text("type"), "urn:certstead:error:export-not-set-up");
  ASSERT_EQ(scene.post("/api/v1/export", kStrong).status, 200);
  EXPECT_EQ(scene.post("/api/v1/sets", request).status, 201);
  EXPECT_THAT(scene.get("/api/v1/sets/www.example.test").body, HasSubstr(R"("exportable":true)"));
}

TEST(ExportRoutes, KeysComeOutEncryptedWithTheRightPasswordAndIntoTheAuditLog) {
  ApiScene scene;
  ASSERT_EQ(scene.post("/api/v1/export", kStrong).status, 200);
  activate(scene, true);
  const Answer answer = scene.post("/api/v1/sets/www.example.test/export", body("right"));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.headers.get("Cache-Control"), "no-store");
  EXPECT_THAT(answer.body, HasSubstr(base64_encode(view_bytes("encrypted for www.example.test"))));
  EXPECT_THAT(answer.body, Not(HasSubstr(std::string(kSecretMarker))));
  EXPECT_THAT(scene.get("/api/v1/audit").body, HasSubstr("key.export"));
}

TEST(ExportRoutes, WrongPasswordsAreCountedAuditedAndLocked) {
  ApiScene scene;
  ASSERT_EQ(scene.post("/api/v1/export", kStrong).status, 200);
  activate(scene, true);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(scene.post("/api/v1/sets/www.example.test/export", body("wrong")).status, 403);
  const Answer locked = scene.post("/api/v1/sets/www.example.test/export", body("right"));
  EXPECT_EQ(locked.status, 429) << locked.body;
  EXPECT_EQ(locked.headers.get("Retry-After"), "60");
  EXPECT_THAT(scene.get("/api/v1/export").body, HasSubstr(R"("failures":5)"));
  EXPECT_THAT(scene.get("/api/v1/audit").body, HasSubstr("wrong export password, 5 in a row"));
  scene.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(scene.post("/api/v1/sets/www.example.test/export", body("right")).status, 200);
  EXPECT_THAT(scene.get("/api/v1/export").body, HasSubstr(R"("failures":0)"));
}

TEST(ExportRoutes, AKeyThatWasMadeToStayHasNoWayOutByAnyRoute) {
  ApiScene scene;
  ASSERT_EQ(scene.post("/api/v1/export", kStrong).status, 200);
  activate(scene, false);
  const Answer refused = scene.post("/api/v1/sets/www.example.test/export", body("right"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.text("type"), "urn:certstead:error:not-exportable");
  // Sealed content and opened keys have the marker in them, in clear or as base64 or hex.
  const std::string marker(kSecretMarker);
  for (const Route& route : routes()) {
    std::string path(route.path);
    for (const auto& [field, value] : {std::pair<std::string, std::string>{"{name}", "www.example.test"},
                                       {"{issuer}", "lab"},
                                       {"{account}", "default"},
                                       {"{id}", "none"},
                                       {"{root}", "none"}}) {
      const std::size_t at = path.find(field);
      if (at != std::string::npos) path.replace(at, field.size(), value);
    }
    if (route.method == "DELETE") continue;
    const std::string sent = route.method == "GET" ? "" : body("right");
    const Answer answer = scene.call(std::string(route.method), path, sent);
    for (const std::string& form :
         {marker, base64_encode(view_bytes(marker)).substr(0, 18), hex_encode(view_bytes(marker))})
      EXPECT_THAT(answer.body, Not(HasSubstr(form))) << route.method << " " << path;
  }
}

}  // namespace
}  // namespace certstead

#include <gmock/gmock.h>

#include "api/scene_testing.h"
#include "base/encoding.h"

namespace certstead {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string files(std::string_view content) {
  return R"({"files":[")" + base64_encode(view_bytes(content)) + R"("]})";
}

TEST(MicroCaRoutes, ShowWhatThereIsAndNeverTheKey) {
  ApiScene scene;
  EXPECT_EQ(scene.post("/api/v1/microcas", R"({"name":"office","permitted":["a.test"]})").status, 201);
  const Answer one = scene.get("/api/v1/microcas/office");
  EXPECT_EQ(one.status, 200);
  EXPECT_THAT(one.text("chain"), HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(one.body, Not(HasSubstr(kSecretMarker)));
  EXPECT_THAT(scene.get("/api/v1/microcas").body, HasSubstr("\"office\""));
  EXPECT_THAT(scene.get("/api/v1/microcas/office/crl").text("pem"), HasSubstr("BEGIN X509 CRL"));
  EXPECT_EQ(scene.get("/api/v1/microcas/none").status, 404);
}

TEST(MicroCaRoutes, SignTakesARequestInBase64) {
  ApiScene scene;
  scene.post("/api/v1/microcas", R"({"name":"office"})");
  const std::string csr = base64_encode(view_bytes("request"));
  const Answer signed_one =
      scene.post("/api/v1/microcas/office/sign", R"({"csr":")" + csr + R"(","profile":"client","days":7})");
  EXPECT_EQ(signed_one.status, 201) << signed_one.body;
  EXPECT_EQ(scene.cas.asked.csr, to_bytes("request"));
  EXPECT_EQ(scene.cas.asked.profile, "client");
  EXPECT_EQ(scene.cas.asked.days, 7);
  EXPECT_EQ(scene.post("/api/v1/microcas/office/sign", R"({"csr":"%%"})").status, 400);
  EXPECT_EQ(scene.post("/api/v1/microcas/office/sign", R"({"csr":"AA==","ca":true})").text("id"),
            "unknown-member");
}

TEST(MicroCaRoutes, RevokeAndCompleteGoToTheirCa) {
  ApiScene scene;
  scene.post("/api/v1/microcas", R"({"name":"office","subordinate":true})");
  EXPECT_THAT(scene.get("/api/v1/microcas/office").text("csr"), HasSubstr("CERTIFICATE REQUEST"));
  EXPECT_EQ(scene.post("/api/v1/microcas/office/complete", files("-----BEGIN CERTIFICATE-----")).status, 200);
  EXPECT_EQ(scene.post("/api/v1/microcas/office/complete", files("nothing")).text("id"),
            "certificate-garbage");
  EXPECT_EQ(scene.post("/api/v1/microcas/office/revoke", R"({"serial":"0a","reason":"superseded"})").status,
            204);
  EXPECT_EQ(scene.post("/api/v1/microcas/office/revoke", R"({"serial":"0b"})").status, 404);
  EXPECT_EQ(scene.post("/api/v1/microcas/office/revoke", R"({"serial":"0a","reason":"boredom"})").status,
            400);
}

TEST(ManualRoutes, SayWhatASetIsWhenItWaitsForNothing) {
  ApiScene scene;
  scene.request("www.a.test");
  EXPECT_EQ(scene.get("/api/v1/sets/www.a.test/csr").text("id"), "not-waiting");
  EXPECT_EQ(scene.post("/api/v1/sets/www.a.test/complete", files("x")).text("id"), "not-waiting");
  EXPECT_EQ(scene.post("/api/v1/sets/www.a.test/cancel", "{}").text("id"), "not-waiting");
  EXPECT_EQ(scene.post("/api/v1/sets/www.a.test/complete", R"({"files":[]})").status, 400);
}

}  // namespace
}  // namespace certstead

#include "api/api.h"

#include <gmock/gmock.h>

#include "api/metrics.h"
#include "api/scene_testing.h"
#include "json/json_object.h"

namespace certstead {
namespace {

using testing::HasSubstr;

JsonObject object_of(const Answer& answer) { return JsonObject::of(answer.json).value(); }

TEST(Api, OnlyCallersOfTheSocketGiveOrders) {
  ApiScene scene;
  HttpExchange http;
  http.method = "GET";
  http.path = "/api/v1/sets";
  EXPECT_EQ(scene.api.handle(http).status, 403);
  http.path = "/healthz";
  EXPECT_EQ(scene.api.handle(http).status, 200);
}

TEST(Api, TheAuditLogNamesTheUserOfTheCaller) {
  ApiScene scene;
  scene.request("www.example.test");
  const Answer audit = scene.get("/api/v1/audit?limit=1000");
  ASSERT_EQ(audit.status, 200);
  bool found = false;
  const auto records = object_of(audit).objects("records");
  for (const JsonObject& record : records.value()) {
    found = found || (record.string("actor").value() == "uid:1000" &&
                      record.string("object").value() == "www.example.test");
  }
  EXPECT_TRUE(found) << audit.body;
  const Answer verified = scene.get("/api/v1/audit/verify");
  EXPECT_EQ(verified.status, 200);
  EXPECT_GT(object_of(verified).integer("records").value(), 2);
}

TEST(Api, TheAuditLogHasPages) {
  ApiScene scene;
  const Answer first = scene.get("/api/v1/audit?limit=1");
  EXPECT_EQ(object_of(first).integer("next").value(), 1);
  const Answer second = scene.get("/api/v1/audit?limit=1&after=1");
  EXPECT_EQ(object_of(second).objects("records")->front().integer("number").value(), 2);
}

TEST(Api, AnotherMethodIsRefusedWithAllow) {
  ApiScene scene;
  const Answer answer = scene.call("PUT", "/api/v1/sets");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.get("Allow"), "POST, GET");
  EXPECT_EQ(answer.headers.get("Cache-Control"), "no-store");
}

TEST(Api, IssuersAreAddedChangedShownAndRemoved) {
  ApiScene scene;
  const Answer added =
      scene.post("/api/v1/issuers", R"({"name":"ours","directory_url":"https://ca.example.test/d",
      "allowed_networks":["10.0.0.0/8","127.0.0.1/32"],"key_types":["p384"],"max_names":7})");
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(object_of(added).strings("allowed_networks")->size(), 2U);
  const Answer changed = scene.call("PATCH", "/api/v1/issuers/ours", R"({"max_orders_per_hour":5})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(object_of(changed).integer("max_orders_per_hour").value(), 5);
  EXPECT_EQ(object_of(changed).integer("max_names").value(), 7);
  EXPECT_EQ(object_of(changed).strings("key_types")->front(), "p384");
  EXPECT_EQ(scene.call("PATCH", "/api/v1/issuers/ours", R"({"name":"theirs"})").status, 400);
  EXPECT_EQ(scene.call("DELETE", "/api/v1/issuers/ours").status, 204);
  EXPECT_EQ(scene.get("/api/v1/issuers/ours").status, 404);
}

TEST(Api, AnIssuerIsShownWithItsDirectoryOnDemand) {
  ApiScene scene;
  EXPECT_FALSE(object_of(scene.get("/api/v1/issuers/lab")).has("directory"));
  const Answer live = scene.get("/api/v1/issuers/lab?directory=1");
  EXPECT_EQ(object_of(live).object("directory")->string("terms_of_service").value(),
            "https://ca.example.test/terms-1");
  scene.ca.unreachable = true;
  EXPECT_EQ(scene.get("/api/v1/issuers/lab?directory=1").status, 503);
}

TEST(Api, AccountsGoTheirWay) {
  ApiScene scene;
  const Answer shown = scene.get("/api/v1/accounts/lab/default");
  EXPECT_EQ(shown.text("status"), "valid");
  EXPECT_EQ(shown.text("agreed_terms"), "https://ca.example.test/terms-1");
  EXPECT_EQ(scene.post("/api/v1/accounts", R"({"issuer":"lab"})").status, 409);
  EXPECT_EQ(scene.post("/api/v1/accounts/lab/default/agree", "{}").status, 200);
  EXPECT_EQ(scene.post("/api/v1/accounts/lab/default/rollover", "").status, 200);
  EXPECT_EQ(scene.post("/api/v1/accounts/lab/default/rollover", R"({"now":true})").status, 400);
  scene.request("www.example.test");
  EXPECT_EQ(scene.call("DELETE", "/api/v1/accounts/lab/default").status, 409);
  EXPECT_EQ(scene.post("/api/v1/accounts", R"({"issuer":"lab","name":"x","eab_kid":"k"})").status, 400);
}

TEST(Api, AnAccountWithoutAgreementIsDenied) {
  ApiScene scene;
  const Answer answer = scene.post("/api/v1/accounts", R"({"issuer":"lab","name":"second"})");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.text("id"), "terms-not-agreed");
}

TEST(Api, RootsAreAddedListedAndRemoved) {
  ApiScene scene;
  const Answer added =
      scene.post("/api/v1/roots", R"({"pem":"-----BEGIN CERTIFICATE-----","name":"Example Root"})");
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(object_of(added).objects("roots")->front().string("name").value(), "Example Root");
  EXPECT_EQ(scene.post("/api/v1/roots", R"({"pem":"nothing"})").status, 400);
  EXPECT_EQ(object_of(scene.get("/api/v1/roots")).objects("roots")->size(), 1U);
  EXPECT_EQ(scene.call("DELETE", "/api/v1/roots/Example%20Root").status, 204);
  EXPECT_EQ(scene.call("DELETE", "/api/v1/roots/Example%20Root").status, 404);
}

TEST(Api, TheCacheSaysWhatAClientWouldGet) {
  ApiScene scene;
  ViewEntry entry;
  entry.view = "gateway";
  entry.serial = "0abc";
  entry.names = {"xn--bcher-kva.example.test"};
  scene.views.entries = {entry};
  const Answer found = scene.get("/api/v1/cache/lookup?name=www.example.test&sigalgs=rsa");
  EXPECT_EQ(found.text("why"), "exact");
  EXPECT_EQ(object_of(found).object("entry")->string("serial").value(), "0abc");
  EXPECT_EQ(scene.views.asked, "gateway www.example.test http 2052 2053 2054 1025 1281 1537");
  EXPECT_EQ(object_of(found).strings("lines").value().size(), 2U);
  EXPECT_EQ(found.text("assumed"), "--prefer ecdsa");
  EXPECT_EQ(scene.get("/api/v1/cache/lookup?name=a.test&view=mail").status, 200);
  EXPECT_EQ(scene.views.asked, "mail a.test http 1027 1283 1539 2052 2053 2054 1025 1281 1537");
  EXPECT_EQ(scene.get("/api/v1/cache/lookup?name=a.test&protocol=smtp&sigalgs=none").status, 200);
  EXPECT_EQ(scene.views.asked, "gateway a.test smtp tls12 none");
  EXPECT_EQ(scene.get("/api/v1/cache/lookup?tag=mail&tls12=1&sigalgs=ECDSA%2BSHA256").status, 200);
  EXPECT_EQ(scene.views.asked, "gateway  http tls12 1027");
  EXPECT_EQ(scene.get("/api/v1/cache/lookup?name=a.test&sigalgs=dsa").status, 400);
  EXPECT_EQ(scene.get("/api/v1/cache/lookup?address=192.0.2.1&sigalgs=0x0403").status, 200);
  EXPECT_EQ(scene.views.asked, "gateway  http at 192.0.2.1 1027");
  EXPECT_EQ(
      scene
          .get("/api/v1/cache/lookup?name=a.test&on_unknown_name=default&default_name=own.test&prefer=rsa"
               "&sigalgs=0x0403")
          .status,
      200);
  EXPECT_EQ(scene.views.asked, "gateway a.test http or default own.test rsa first 1027");
  EXPECT_EQ(scene.get("/api/v1/cache/lookup?name=a.test&on_unknown_name=maybe").status, 400);
  EXPECT_EQ(scene.get("/api/v1/cache/lookup?name=a.test&prefer=dsa").status, 400);
  EXPECT_EQ(scene.get("/api/v1/cache/lookup").status, 200) << "a client without SNI";
  EXPECT_EQ(object_of(scene.get("/api/v1/cache")).objects("entries")->size(), 1U);
}

TEST(Api, TheLogOfLookUpsIsSwitchedByView) {
  ApiScene scene;
  EXPECT_EQ(object_of(scene.get("/api/v1/cache/log")).objects("views")->front().boolean("on").value(), false);
  const Answer on = scene.call("PUT", "/api/v1/cache/log", R"({"view":"gateway","on":true})");
  EXPECT_EQ(object_of(on).objects("views")->front().boolean("on").value(), true);
  EXPECT_EQ(scene.call("PUT", "/api/v1/cache/log", R"({"on":false})").status, 200);
  EXPECT_FALSE(scene.views.logging);
  EXPECT_EQ(scene.call("PUT", "/api/v1/cache/log", R"({"view":"absent","on":true})").status, 404);
  EXPECT_EQ(scene.call("PUT", "/api/v1/cache/log", R"({"view":"gateway"})").status, 400);
}

TEST(Api, TheDefaultIssuerMustBeThere) {
  ApiScene scene;
  EXPECT_EQ(scene.get("/api/v1/settings/default-issuer").text("value"), "lab");
  EXPECT_EQ(scene.call("PUT", "/api/v1/settings/default-issuer", R"({"value":"nobody"})").status, 404);
  EXPECT_EQ(scene.get("/api/v1/settings/default-issuer").text("value"), "lab");
}

TEST(Api, FinishedJobsAreKeptAsLongAsIsChosen) {
  ApiScene scene;
  const std::string path = "/api/v1/settings/keep-jobs-days";
  EXPECT_EQ(scene.get(path).text("value"), "30");
  for (const char* wrong : {R"({"value":"0"})", R"({"value":"soon"})", R"({"value":"99999"})"})
    EXPECT_EQ(scene.call("PUT", path, wrong).status, 400) << wrong;
  EXPECT_EQ(scene.call("PUT", path, R"({"value":"90"})").status, 200);
  EXPECT_EQ(scene.get(path).text("value"), "90");
}

TEST(Api, SaysItsVersionMembersAndState) {
  ApiScene scene;
  EXPECT_EQ(scene.get("/api/v1/version").text("version"), "1.2.3");
  EXPECT_EQ(object_of(scene.get("/api/v1/members")).objects("members")->front().string("id").value(),
            "local");
  EXPECT_EQ(scene.get("/healthz").text("status"), "ok");
  EXPECT_EQ(scene.get("/readyz").text("status"), "ready");
}

TEST(Metrics, AreGaugesOfUnixSeconds) {
  ApiScene scene;
  scene.request("www.example.test");
  scene.activate("www.example.test", from_unix_seconds(1'900'000'000));
  const Answer answer = scene.get("/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(std::string(answer.headers.get("Content-Type")), HasSubstr("version=0.0.4"));
  EXPECT_THAT(answer.body, HasSubstr("# TYPE certstead_certificate_not_after_seconds gauge\n"));
  EXPECT_THAT(answer.body,
              HasSubstr("certstead_certificate_not_after_seconds{set=\"www.example.test\",key_type=\"p256\"} "
                        "1900000000\n"));
  EXPECT_THAT(answer.body, HasSubstr("certstead_renewal_at_seconds{set=\"www.example.test\"} 1897408000\n"));
  EXPECT_THAT(answer.body,
              HasSubstr("certstead_set_health{set=\"www.example.test\",part=\"operation\"} 0\n"));
  EXPECT_THAT(answer.body, HasSubstr("certstead_jobs{status=\"queued\"} 1\n"));
  EXPECT_THAT(answer.body, HasSubstr("certstead_build_info{version=\"1.2.3\"} 1\n"));
}

TEST(Metrics, LabelsAreEscaped) { EXPECT_EQ(metric_label("a\"b\\c\nd"), "a\\\"b\\\\c\\nd"); }

}  // namespace
}  // namespace certstead

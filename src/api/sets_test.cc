#include <gmock/gmock.h>

#include "api/scene_testing.h"
#include "json/json_object.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

JsonObject object_of(const Answer& answer) { return JsonObject::of(answer.json).value(); }

TEST(SetRoutes, ARequestMakesASetAndAJob) {
  ApiScene scene;
  const Answer answer = scene.post("/api/v1/sets", R"({"names":["www.example.test","mail.example.test"]})");
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_TRUE(object_of(answer).boolean("created").value());
  EXPECT_EQ(object_of(answer).object("set")->string("name").value(), "www.example.test");
  EXPECT_NE(answer.text("job"), "");
  EXPECT_NE(answer.text("summary"), "");
  EXPECT_THAT(std::string(answer.headers.get("ETag")), testing::MatchesRegex("\"[0-9]+\""));
  const Answer job = scene.get("/api/v1/jobs/" + answer.text("job"));
  EXPECT_EQ(job.text("set"), "www.example.test");
  EXPECT_EQ(job.text("status"), "queued");
}

TEST(SetRoutes, TheSameRequestAgainChangesNothing) {
  ApiScene scene;
  scene.request("www.example.test");
  const Answer again = scene.post("/api/v1/sets", R"({"names":["www.example.test"]})");
  EXPECT_LT(again.status, 300) << again.body;
  EXPECT_NE(again.status, 201);
  EXPECT_FALSE(object_of(again).boolean("created").value());
}

TEST(SetRoutes, ADryRunChangesNothing) {
  ApiScene scene;
  const Answer answer = scene.post("/api/v1/sets", R"({"names":["www.example.test"],"dry_run":true})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(object_of(answer).find("job")->is_null());
  EXPECT_EQ(scene.get("/api/v1/sets/www.example.test").status, 404);
}

TEST(SetRoutes, UnknownMembersAreRefusedByName) {
  ApiScene scene;
  const Answer answer = scene.post("/api/v1/sets", R"({"names":["a.example.test"],"keytypes":["p256"]})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.text("type"), "urn:certstead:error:unknown-member");
  EXPECT_THAT(answer.text("detail"), HasSubstr("'keytypes'"));
  EXPECT_THAT(answer.text("detail"), HasSubstr("key_types"));
  EXPECT_EQ(scene.post("/api/v1/sets/a.example.test/renew", R"({"forced":true})").status, 400);
}

TEST(SetRoutes, WrongBodiesAreRefusedWithASentence) {
  ApiScene scene;
  EXPECT_THAT(scene.post("/api/v1/sets", R"({"names":"a.example.test"})").text("detail"), HasSubstr("names"));
  EXPECT_THAT(scene.post("/api/v1/sets", R"({"names":[]})").text("detail"), HasSubstr("'names'"));
  EXPECT_EQ(scene.post("/api/v1/sets", R"({"names":["a b"]})").status, 400);
  EXPECT_EQ(scene.post("/api/v1/sets", "names").status, 400);
  EXPECT_EQ(scene.post("/api/v1/sets", R"(["a.example.test"])").status, 400);
  EXPECT_EQ(scene.post("/api/v1/sets", "").status, 400);
}

TEST(SetRoutes, OnlyJsonIsTaken) {
  ApiScene scene;
  const std::string body = R"({"names":["a.example.test"]})";
  EXPECT_EQ(scene.call("POST", "/api/v1/sets", body, {}).status, 415);
  EXPECT_EQ(scene.call("POST", "/api/v1/sets", body, {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(
      scene.call("POST", "/api/v1/sets", body, {{"Content-Type", "Application/JSON; charset=utf-8"}}).status,
      201);
  EXPECT_EQ(scene.post("/api/v1/sets", std::string(300'000, ' ')).status, 413);
}

TEST(SetRoutes, ASetIsShownWithWhatIsKnownOfIt) {
  ApiScene scene;
  scene.request(
      "b\xC3\xBC"
      "cher.example.test");
  scene.activate("xn--bcher-kva.example.test", scene.clock.now() + std::chrono::hours(24 * 90));
  const Answer answer = scene.get("/api/v1/sets/xn--bcher-kva.example.test");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const JsonObject set = object_of(answer);
  EXPECT_EQ(set.objects("names")->front().string("ascii").value(), "xn--bcher-kva.example.test");
  EXPECT_EQ(set.objects("names")->front().string("unicode").value(),
            "b\xC3\xBC"
            "cher.example.test");
  EXPECT_THAT(set.strings("key_types").value(), ElementsAre("p256", "rsa2048"));
  EXPECT_EQ(set.string("status").value(), "issued");
  ASSERT_EQ(set.objects("active")->size(), 2U);
  const JsonObject active = set.objects("active")->front();
  EXPECT_EQ(active.string("serial").value(), "ab" + active.string("key_type").value());
  EXPECT_EQ(active.string("not_after").value(), to_rfc3339(scene.clock.now() + std::chrono::hours(24 * 90)));
  EXPECT_EQ(active.string("issuer").value(), "lab");
  EXPECT_EQ(set.integer("archived").value(), 0);
  EXPECT_EQ(set.string("renew_why").value(), "last third");
  EXPECT_EQ(set.object("operation")->integer("failures").value(), 0);
  EXPECT_TRUE(set.object("operation")->find("last_error")->as_string().empty());
  EXPECT_EQ(set.object("health")->string("certificate").value(), "green");
}

TEST(SetRoutes, BothFormsOfAnIdnFindTheSet) {
  ApiScene scene;
  scene.request(
      "b\xC3\xBC"
      "cher.example.test");
  EXPECT_EQ(scene.get("/api/v1/sets/b%C3%BCcher.example.test").status, 200);
  EXPECT_EQ(scene.get("/api/v1/sets/xn--bcher-kva.example.test").status, 200);
}

TEST(SetRoutes, AnExpiredCertificateIsRed) {
  ApiScene scene;
  scene.request("www.example.test");
  scene.activate("www.example.test", scene.clock.now() + std::chrono::hours(24 * 90));
  scene.clock.advance(std::chrono::hours(24 * 91));
  const Answer answer = scene.get("/api/v1/sets/www.example.test");
  EXPECT_EQ(object_of(answer).object("health")->string("overall").value(), "red");
  EXPECT_FALSE(object_of(answer).object("health")->strings("reasons")->empty());
}

TEST(SetRoutes, NothingSealedIsEverShown) {
  ApiScene scene;
  const std::string job = scene.request("www.example.test");
  scene.activate("www.example.test", scene.clock.now() + std::chrono::hours(24 * 90));
  for (const std::string& target :
       {std::string("/api/v1/sets"), std::string("/api/v1/sets/www.example.test"), "/api/v1/jobs/" + job,
        std::string("/api/v1/accounts"), std::string("/api/v1/accounts/lab/default"),
        std::string("/api/v1/audit"), std::string("/metrics"), std::string("/api/v1/members")}) {
    const Answer answer = scene.get(target);
    EXPECT_EQ(answer.status, 200) << target;
    EXPECT_THAT(answer.body, Not(HasSubstr(kSecretMarker))) << target;
    EXPECT_THAT(answer.body, Not(HasSubstr("grant"))) << target;
  }
}

TEST(SetRoutes, ListsPageByPage) {
  ApiScene scene;
  for (const char* name : {"a.example.test", "b.example.test", "c.example.test"}) scene.request(name);
  const Answer first = scene.get("/api/v1/sets?limit=2");
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(object_of(first).objects("sets")->size(), 2U);
  EXPECT_EQ(first.text("next"), "b.example.test");
  const Answer second = scene.get("/api/v1/sets?limit=2&after=b.example.test");
  ASSERT_EQ(object_of(second).objects("sets")->size(), 1U);
  EXPECT_EQ(object_of(second).objects("sets")->front().string("name").value(), "c.example.test");
  EXPECT_TRUE(object_of(second).find("next")->is_null());
  EXPECT_EQ(scene.get("/api/v1/sets?limit=0").status, 400);
  EXPECT_EQ(scene.get("/api/v1/sets?lmit=2").status, 400);
}

TEST(SetRoutes, AChangeDecidedOnAnOlderStateIsRefused) {
  ApiScene scene;
  scene.request("www.example.test");
  const std::string seen(scene.get("/api/v1/sets/www.example.test").headers.get("ETag"));
  scene.activate("www.example.test", scene.clock.now() + std::chrono::hours(24 * 90));
  const Answer refused = scene.call("DELETE", "/api/v1/sets/www.example.test", "", {{"If-Match", seen}});
  EXPECT_EQ(refused.status, 412);
  EXPECT_EQ(refused.text("type"), "urn:certstead:error:precondition-failed");
  const std::string now(scene.get("/api/v1/sets/www.example.test").headers.get("ETag"));
  EXPECT_NE(now, seen);
  EXPECT_EQ(scene.call("DELETE", "/api/v1/sets/www.example.test", "", {{"If-Match", "\"x\", " + now}}).status,
            204);
}

TEST(SetRoutes, ADeletedSetIsGone) {
  ApiScene scene;
  scene.request("www.example.test");
  const Answer deleted = scene.call("DELETE", "/api/v1/sets/www.example.test");
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.body, "");
  const Answer gone = scene.get("/api/v1/sets/www.example.test");
  EXPECT_EQ(gone.status, 404);
  EXPECT_THAT(gone.text("detail"), HasSubstr("www.example.test"));
}

TEST(SetRoutes, ARenewalThatIsNotDueIsNothingUnlessForced) {
  ApiScene scene;
  scene.request("www.example.test");
  scene.activate("www.example.test", scene.clock.now() + std::chrono::hours(24 * 90));
  const Answer idle = scene.post("/api/v1/sets/www.example.test/renew", "");
  EXPECT_EQ(idle.status, 200) << idle.body;
  EXPECT_TRUE(object_of(idle).find("job")->is_null());
  const Answer forced = scene.post("/api/v1/sets/www.example.test/renew", R"({"force":true})");
  EXPECT_EQ(forced.status, 202) << forced.body;
  EXPECT_NE(forced.text("job"), "");
}

TEST(SetRoutes, RevocationTakesTheReasonsOfRfc5280) {
  ApiScene scene;
  scene.request("www.example.test");
  scene.activate("www.example.test", scene.clock.now() + std::chrono::hours(24 * 90));
  const std::string target = "/api/v1/sets/www.example.test/revoke";
  EXPECT_EQ(scene.post(target, R"({"reason":"boredom"})").status, 400);
  const Answer revoked = scene.post(target, R"({"reason":"keyCompromise","leave_empty":true})");
  EXPECT_EQ(revoked.status, 202) << revoked.body;
}

}  // namespace
}  // namespace certstead

// Accounts at DNS providers, definitions, tests and records to set, over the interface.
#include <gmock/gmock.h>

#include "api/scene_testing.h"
#include "json/json_object.h"

namespace certstead {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kAccounts = "/api/v1/dns/accounts";
constexpr const char* kMain = "/api/v1/dns/accounts/main";
constexpr const char* kToken = "right-and-never-shown";

struct DnsScene : ApiScene {
  DnsScene() { dns_providers.right = kToken; }
  // With the settings of a provider in the process, "more" behind them.
  Answer add(const std::string& name, const std::string& more = "") {
    return post(kAccounts, R"({"name":")" + name +
                               R"(","provider":"fake","domains":["example.test"],"secrets":{"token":")" +
                               kToken + "\"}" + more + "}");
  }
  Answer patch(const std::string& body) { return call("PATCH", kMain, body); }
  Answer put(const std::string& target, const std::string& body) { return call("PUT", target, body); }
};

TEST(DnsRoutes, AccountIsAddedShownChangedAndForgotten) {
  DnsScene scene;
  const Answer added = scene.add("main", R"(,"settings":{"FAKE_ENDPOINT":"https://a.test"},"rotate_days":90,
    "propagation":"resolver","challenge":"dns-account-01","delay_seconds":5,"timeout_seconds":60)");
  EXPECT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(added.text("verified"), "server") << "as its provider";
  EXPECT_EQ(added.text("propagation"), "resolver");
  EXPECT_EQ(added.text("challenge"), "dns-account-01");
  EXPECT_THAT(added.body, HasSubstr(R"("settings":{"endpoint":"https://a.test"})"));
  EXPECT_THAT(added.body, HasSubstr(R"("secrets":["token"])"));
  EXPECT_THAT(added.body, HasSubstr(R"("delay_seconds":5,"timeout_seconds":60,"enabled":true)"));
  EXPECT_NE(added.text("rotate_at"), "");
  EXPECT_EQ(scene.add("main").status, 409);
  const Answer changed = scene.patch(R"({"enabled":false,"settings":{"endpoint":""},"rotate_days":0})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(changed.body, HasSubstr(R"("enabled":false)"));
  EXPECT_THAT(changed.body, HasSubstr(R"("settings":{})"));
  EXPECT_EQ(scene.get(kMain).body, changed.body);
  EXPECT_THAT(scene.get(kAccounts).body, HasSubstr(R"({"accounts":[{"name":"main")"));
  EXPECT_EQ(scene.call("DELETE", kMain).status, 204);
  EXPECT_EQ(scene.get(kMain).status, 404);
  EXPECT_EQ(scene.get(kAccounts).body, "{\"accounts\":[]}\n");
}

TEST(DnsRoutes, NoAnswerShowsASecret) {
  DnsScene scene;
  std::string all = scene.add("main").body;
  for (const char* const target : {kAccounts, kMain, "/api/v1/dns/accounts/main/trace"})
    all += scene.get(target).body;
  all += scene.post("/api/v1/dns/test", R"({"name":"example.test"})").body;
  all += scene.post("/api/v1/dns/accounts/main/rotation", R"({"secrets":{"token":"quite-wrong"}})").body;
  EXPECT_THAT(all, Not(HasSubstr(kToken)));
  EXPECT_THAT(all, Not(HasSubstr("quite-wrong")));
  EXPECT_THAT(all, Not(HasSubstr(std::string(kSecretMarker))));
}

TEST(DnsRoutes, WhatIsWrongInAnAccountIsNamed) {
  DnsScene scene;
  const struct {
    const char* more;
    int status;
    const char* id;
  } kCases[] = {{R"(,"colour":"red")", 400, "unknown-member"},
                {R"(,"settings":{"colour":"red"})", 400, "dns-setting-unknown"},
                {R"(,"settings":{"token":"x"})", 400, "dns-setting-secret"},
                {R"(,"challenge":"dns-02")", 400, "dns-challenge"}};
  for (const auto& one : kCases) {
    const Answer answer = scene.add("main", one.more);
    EXPECT_EQ(answer.status, one.status) << answer.body;
    EXPECT_EQ(answer.text("id"), one.id) << answer.body;
  }
  for (const char* const more :
       {R"(,"timeout_seconds":0)", R"(,"delay_seconds":86401)", R"(,"rotate_days":-1)", R"(,"enabled":"yes")",
        R"(,"settings":[])", R"(,"settings":{"endpoint":1})"})
    EXPECT_EQ(scene.add("main", more).status, 400) << more;
  EXPECT_EQ(scene.add("a name with blanks").text("id"), "dns-name");
  EXPECT_EQ(scene.post(kAccounts, R"({"provider":"fake"})").status, 400) << "it has no name";
  EXPECT_EQ(scene.get(kAccounts).body, "{\"accounts\":[]}\n");
  ASSERT_EQ(scene.add("main").status, 201);
  EXPECT_EQ(scene.patch(R"({"name":"other"})").text("id"), "body-name");
  EXPECT_EQ(scene.patch(R"({"secrets":{"token":"x"}})").text("id"), "dns-secrets");
  EXPECT_EQ(scene.call("PATCH", "/api/v1/dns/accounts/none", "{}").status, 404);
  EXPECT_EQ(scene.call("DELETE", "/api/v1/dns/accounts/none").status, 404);
}

TEST(DnsRoutes, ProvidersAreListedWithTheirSettings) {
  DnsScene scene;
  EXPECT_THAT(scene.get("/api/v1/dns/providers").body, HasSubstr(R"({"providers":[{"code":"fake")"));
  const Answer one = scene.get("/api/v1/dns/providers/fake");
  EXPECT_EQ(one.status, 200);
  EXPECT_THAT(one.body, HasSubstr(R"({"name":"token","environment":"FAKE_TOKEN","about":"The token.",)"
                                  R"("secret":true,"required":true})"));
  EXPECT_EQ(scene.get("/api/v1/dns/providers/none").text("id"), "dns-provider-unknown");
}

TEST(DnsRoutes, DefinitionIsImportedApprovedShownAndForgotten) {
  DnsScene scene;
  constexpr const char* kOwn = "/api/v1/dns/definitions/own";
  const Answer imported = scene.post("/api/v1/dns/definitions", R"({"name":"own","text":"fake = 1"})");
  EXPECT_EQ(imported.status, 201) << imported.body;
  EXPECT_EQ(imported.text("code"), "own");
  EXPECT_THAT(imported.body, HasSubstr(R"("accounts":[],"notes":[])"));
  EXPECT_EQ(scene.post("/api/v1/dns/definitions", R"({"name":"own","text":"nothing"})").status, 400);
  EXPECT_EQ(scene.post("/api/v1/dns/definitions", R"({"name":"own"})").status, 400);
  EXPECT_EQ(scene.post("/api/v1/dns/definitions", R"({"text":"fake","kind":"perl"})").text("id"), "dns-kind");
  const std::string hash(64, 'a');
  EXPECT_EQ(scene.put(std::string(kOwn) + "/approval", R"({"sha256":")" + hash + "\"}").status, 204);
  EXPECT_EQ(scene.put(std::string(kOwn) + "/approval", R"({"sha256":"abc"})").text("id"), "dns-hash");
  EXPECT_EQ(scene.put("/api/v1/dns/definitions/none/approval", R"({"sha256":")" + hash + "\"}").status, 404);
  const Answer shown = scene.get(kOwn);
  EXPECT_EQ(shown.text("text"), "fake = 1");
  EXPECT_EQ(shown.text("approved"), hash);
  EXPECT_EQ(scene.call("DELETE", kOwn).status, 204);
  EXPECT_EQ(scene.get(kOwn).status, 404);
}

TEST(DnsRoutes, ImportSaysWhatBecameOfTheAccountsInTheFile) {
  DnsScene scene;
  scene.dns_providers.beside = [](const DnsDefinition&) {
    DnsCompanions out;
    out.text = "fake";
    out.accounts.push_back({"made", {"example.test"}, {}, {}, {}, true, "cmd 1"});
    out.accounts.back().secrets["token"] = SecretBytes(view_bytes(kToken));
    out.accounts.push_back({"sealed", {"lab.test"}, {}, {}, {"token"}, true, "cmd 2"});
    out.notes = {"and a challenge"};
    return out;
  };
  const Answer imported = scene.post("/api/v1/dns/definitions", R"({"name":"own","text":"fake"})");
  EXPECT_EQ(imported.status, 201) << imported.body;
  EXPECT_THAT(imported.body, HasSubstr(R"({"kind":"dns","name":"made","outcome":"created","detail":""})"));
  EXPECT_THAT(imported.body, HasSubstr(R"("name":"sealed","outcome":"left","detail":"token can't be read)"));
  EXPECT_THAT(imported.body, HasSubstr("cmd 2"));
  EXPECT_THAT(imported.body, HasSubstr(R"("notes":["and a challenge"])"));
  EXPECT_THAT(imported.body, Not(HasSubstr(kToken)));
  EXPECT_EQ(scene.get("/api/v1/dns/accounts/made").text("provider"), "own");
}

TEST(DnsRoutes, TestAndRotationSayHowItWentInTheAnswer) {
  DnsScene scene;
  ASSERT_EQ(scene.add("main").status, 201);
  const Answer tested = scene.post("/api/v1/dns/test", R"({"name":"example.test","account":"main"})");
  EXPECT_EQ(tested.status, 200) << tested.body;
  EXPECT_EQ(tested.text("name"), "_acme-challenge.example.test");
  EXPECT_THAT(tested.body, HasSubstr(R"("ok":true)"));
  EXPECT_THAT(tested.body, HasSubstr(R"("seen_everywhere":true)"));
  EXPECT_EQ(scene.dns.size(), 0U);
  EXPECT_EQ(scene.post("/api/v1/dns/test", R"({"name":"elsewhere.test"})").text("id"), "dns-no-zone");
  EXPECT_EQ(scene.post("/api/v1/dns/test", R"({"name":"example.test","account":"none"})").status, 404);
  EXPECT_EQ(scene.post("/api/v1/dns/test", "{}").status, 400);
  const std::string rotation = std::string(kMain) + "/rotation";
  const Answer refused = scene.post(rotation, R"({"secrets":{"token":"wrong"},"at":"www.example.test"})");
  EXPECT_EQ(refused.status, 200) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr(R"("ok":false)"));
  EXPECT_THAT(refused.body, HasSubstr(R"("id":"dns-denied")"));
  scene.dns_providers.right = "newer";
  const Answer rotated = scene.post(rotation, R"({"secrets":{"FAKE_TOKEN":"newer"}})");
  EXPECT_THAT(rotated.body, HasSubstr(R"("ok":true)"));
  EXPECT_THAT(scene.post("/api/v1/dns/test", R"({"name":"example.test"})").body, HasSubstr(R"("ok":true)"));
  EXPECT_EQ(scene.post(rotation, R"({"secrets":{}})").text("id"), "dns-secrets");
  EXPECT_EQ(scene.post(rotation, R"({"secrets":{"token":"x"},"force":true})").text("id"), "unknown-member");
}

TEST(DnsRoutes, TraceIsSwitchedAndShown) {
  DnsScene scene;
  ASSERT_EQ(scene.add("main").status, 201);
  const std::string trace = std::string(kMain) + "/trace";
  EXPECT_EQ(scene.get(trace).body, "{\"on\":false,\"exchanges\":[]}\n");
  EXPECT_EQ(scene.put(trace, R"({"on":true})").status, 204);
  EXPECT_THAT(scene.get(trace).body, HasSubstr(R"("on":true)"));
  EXPECT_EQ(scene.put(trace, R"({"on":"yes"})").status, 400);
  EXPECT_EQ(scene.put("/api/v1/dns/accounts/none/trace", R"({"on":true})").status, 404);
}

TEST(DnsRoutes, AssistNamesTheRecordsToSet) {
  DnsScene scene;
  EXPECT_EQ(scene
                .post(kAccounts, R"({"name":"zone","provider":"fake","domains":["acme.example.net"],)"
                                 R"("secrets":{"token":"t"}})")
                .status,
            201);
  const Answer assisted =
      scene.post("/api/v1/dns/assist", R"({"name":"*.example.test","issuer":"lab","dns_account":"zone"})");
  EXPECT_EQ(assisted.status, 200) << assisted.body;
  EXPECT_THAT(assisted.body, HasSubstr(R"("type":"CNAME","name":"_acme-challenge.example.test",)"
                                       R"("value":"example.test.acme.example.net.")"));
  EXPECT_EQ(scene.post("/api/v1/dns/assist", R"({"name":"*.example.test","issuer":"none"})").status, 404);
  EXPECT_EQ(scene.post("/api/v1/dns/assist", R"({"name":"not a name"})").status, 400);
  EXPECT_EQ(scene.post("/api/v1/dns/assist", R"({"host":"example.test"})").text("id"), "unknown-member");
}

}  // namespace
}  // namespace certstead

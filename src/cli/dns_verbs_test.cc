// Where the secrets of a DNS account come from, and what is shown of it.
#include <gmock/gmock.h>

#include "base/file.h"
#include "base/temp_dir.h"
#include "cli/fake_manager.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kProvider = R"({"code":"cloudflare","title":"Cloudflare","kind":"recipe","settings":[
  {"name":"api_token","environment":"CF_DNS_API_TOKEN","about":"A token.","secret":true,"required":true},
  {"name":"ttl","environment":"CF_TTL","about":"Seconds.","secret":false,"required":false}]})";
constexpr const char* kAccount = R"({"name":"main","provider":"cloudflare","domains":[],"settings":{},
  "secrets":["api_token"],"secrets_since":"2026-11-22T08:00:00Z","propagation":"authoritative",
  "timeout_seconds":600,"enabled":true,"records":[]})";

struct DnsScene : CliScene {
  DnsScene() {
    manager.answer("GET /dns/providers/cloudflare", 200, kProvider);
    manager.answer("GET /dns/accounts/main", 200, kAccount);
  }
  Ran add(std::vector<std::string> more) {
    std::vector<std::string> words = {"dns", "add", "main", "-p", "cloudflare", "-d", "a.test"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  std::string body() const { return manager.last_call(); }
};

constexpr const char* kPosted =
    R"(POST /dns/accounts {"domains":["a.test"],"name":"main","provider":"cloudflare","settings":{},)"
    R"("secrets":{"api_token":"tok"}})";

TEST(DnsAdd, TakesASecretFromAFile) {
  const TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.path() / "token", view_bytes("tok\n")));
  DnsScene scene;
  scene.add({"--secret", "api_token=@" + (dir.path() / "token").string()});
  EXPECT_EQ(scene.body(), kPosted);
  scene.add({"--secret-file", dir.path() / "token"});
  EXPECT_EQ(scene.body(), kPosted);
}

TEST(DnsAdd, TakesASecretFromTheEnvironmentByLegosNames) {
  const TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.path() / "token", view_bytes("tok\n")));
  DnsScene scene;
  scene.environment["CF_DNS_API_TOKEN"] = "tok";
  scene.add({});
  EXPECT_EQ(scene.body(), kPosted);
  scene.environment = {{"CF_DNS_API_TOKEN_FILE", dir.path() / "token"}};
  scene.add({});
  EXPECT_EQ(scene.body(), kPosted);
  EXPECT_TRUE(scene.prompts.empty());
}

TEST(DnsAdd, AsksForASecretThatIsMissing) {
  DnsScene scene;
  scene.typed = {"tok"};
  scene.add({});
  EXPECT_EQ(scene.body(), kPosted);
  EXPECT_THAT(scene.prompts, ElementsAre("api_token: "));
}

TEST(DnsAdd, RefusesASecretOnTheCommandLine) {
  DnsScene scene;
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--secret", "api_token=tok"},
                                                {"--set", "api_token=tok"},
                                                {"--set", "CF_DNS_API_TOKEN=tok"}}) {
    const Ran ran = scene.add(words);
    EXPECT_EQ(ran.exit_code, kExitUsage);
    EXPECT_THAT(ran.err, HasSubstr("=@FILE"));
    EXPECT_THAT(ran.err, Not(HasSubstr("tok\n")));
  }
  EXPECT_THAT(scene.body(), HasSubstr("GET /dns/providers")) << "nothing was sent";
}

TEST(DnsList, MarksWhatTheProviderOfAnAccountRestsOn) {
  CliScene scene;
  scene.manager.answer("GET /dns/accounts", 200,
                       R"({"accounts":[{"name":"main","provider":"cloudflare","verified":"documented",
  "domains":[],"secrets":[],"records":[],"challenge":"dns-01","enabled":true}]})");
  const Ran ran = scene.run({"dns", "list"});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("VERIFIED"));
  EXPECT_THAT(ran.out, HasSubstr("cloudflare  documented"));
}

TEST(DnsRotate, SendsTheNewSecretsAloneAndSaysWhatIsInUse) {
  DnsScene scene;
  scene.environment["CF_DNS_API_TOKEN"] = "new";
  scene.manager.answer(
      "POST /dns/accounts/main/rotation", 200,
      R"({"ok":false,"account":"main","name":"_acme-challenge.a.test","value":"v","exchanges":[],
                           "servers":[],"error":{"detail":"add: 403","id":"dns-denied"}})");
  // The fake answers by method and path; the body is in the call.
  const Ran ran = scene.run({"dns", "rotate", "main", "--at", "www.a.test"});
  EXPECT_EQ(scene.body(),
            R"(POST /dns/accounts/main/rotation {"secrets":{"api_token":"new"},"at":"www.a.test"})");
  EXPECT_EQ(ran.exit_code, kExitFailed);
  EXPECT_THAT(ran.err, HasSubstr("the old secrets stay in use"));
}

TEST(DnsTrace, ShowsEachLineOfAnExchangeInARowOfItsOwn) {
  CliScene scene;
  scene.manager.answer(
      "GET /dns/accounts/main/trace", 200,
      R"({"on":true,"exchanges":[{"at":"2026-11-22T08:00:00Z","step":"add","text":"> POST x\n{\"a\":1}\n"},
                           {"at":"2026-11-22T08:00:01Z","step":"add","text":"< 200 \u001b[1m"}]})");
  EXPECT_EQ(scene.run({"dns", "trace", "main"}).out,
            "TIME      STEP  EXCHANGE\n"
            "--------  ----  -------------\n"
            "08:00:00  add   > POST x\n"
            "                {\"a\":1}\n"
            "08:00:01  add   < 200 \\x1b[1m\n");
}

TEST(DnsImport, SaysWhatBecameOfTheAccountsInTheFile) {
  const TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.path() / "own.dxl", view_bytes("<dxl/>")));
  CliScene scene;
  scene.manager.answer("POST /dns/definitions", 201,
                       R"({"code":"Own","title":"Own DNS","kind":"dxl","settings":[],"accounts":[
  {"kind":"dns","name":"main","outcome":"created","detail":""},
  {"kind":"dns","name":"old","outcome":"kept","detail":""},
  {"kind":"dns","name":"b","outcome":"left","detail":"token can't be read: certstead dns add b"},
  {"kind":"acme","name":"le","outcome":"created","detail":"registered at le"}],"notes":["and a challenge"]})");
  const Ran ran = scene.run({"dns", "import-dxl", (dir.path() / "own.dxl").string()});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_EQ(scene.manager.last_call(), R"(POST /dns/definitions {"kind":"dxl","text":"<dxl/>"})");
  EXPECT_EQ(ran.err,
            "DNS account main: made\n"
            "DNS account old: is there already, and stays as it is\n"
            "DNS account b: not made; token can't be read: certstead dns add b\n"
            "ACME account le: made; registered at le\n"
            "and a challenge\n");
}

TEST(DnsImport, ShowsTheHelpOfTheDocumentLineByLine) {
  const TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.path() / "own.dxl", view_bytes("<dxl/>")));
  CliScene scene;
  scene.manager.answer(
      "POST /dns/definitions", 201,
      R"({"code":"Own","title":"Own DNS","help":"Ask for a token.\n\n#!/bin/sh\necho \u001b[2J",
          "settings":[],"accounts":[],"notes":[]})");
  const Ran ran = scene.run({"dns", "import-dxl", (dir.path() / "own.dxl").string()});
  EXPECT_THAT(ran.out, HasSubstr("\n\n  Ask for a token.\n\n  #!/bin/sh\n  echo \\x1b[2J\n"));
}

TEST(DnsImport, NamesNoProviderWhereTheFileHoldsAccountsAlone) {
  const TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.path() / "accounts.dxl", view_bytes("<dxl/>")));
  CliScene scene;
  scene.manager.answer(
      "POST /dns/definitions", 201,
      R"({"accounts":[{"kind":"dns","name":"main","outcome":"created","detail":""}],"notes":[]})");
  const Ran ran = scene.run({"dns", "import-dxl", (dir.path() / "accounts.dxl").string()});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "DNS account main: made\n");
}

TEST(DnsAssist, PrintsRecordsAsAZoneFileHasThem) {
  CliScene scene;
  scene.manager.answer(
      "POST /dns/assist", 200,
      R"({"name":"*.a.test","issuer":"lab","challenge":"dns-01","dns_account":"main","notes":["n1"],
  "records":[{"type":"CNAME","name":"_acme-challenge.a.test","value":"a.test.b.test.","why":"because","state":"missing",
              "detail":"","servers":[{"server":"ns1 192.0.2.1","values":[],"problem":""}]}]})");
  const Ran ran = scene.run({"dns", "assist", "*.a.test"});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("_acme-challenge.a.test. IN CNAME a.test.b.test.\n  missing\n  because\n"
                                 "  ns1 192.0.2.1: nothing\n"));
  EXPECT_THAT(ran.out, HasSubstr("note: n1"));
}

}  // namespace
}  // namespace certstead

#include <gmock/gmock.h>

#include "base/file.h"
#include "base/temp_dir.h"
#include "cli/fake_manager.h"

namespace certstead {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kRed = R"({"overall":"red","sets":{"green":7,"yellow":0,"red":1},"findings":[
  {"severity":"red","id":"expired","detail":"the p256 certificate expired 2 h ago","subjects":["www"],"count":1},
  {"severity":"yellow","id":"chain-incomplete","detail":"no root is known","subjects":["a","b"],"count":12}]})";

TEST(Health, EndsWithFourOnRedAndNamesWhatItIsWrongWith) {
  CliScene scene;
  scene.manager.answer("GET /health", 200, kRed);
  const Ran ran = scene.run({"health"});
  EXPECT_EQ(ran.exit_code, kExitRed);
  EXPECT_EQ(ran.out,
            "HEALTH  WHAT              REASON\n"
            "------  ----------------  ------------------------------------\n"
            "red     www               the p256 certificate expired 2 h ago\n"
            "yellow  a, b and 10 more  no root is known\n"
            "sets: 7 green, 0 yellow, 1 red\n");
}

TEST(Health, EndsWithZeroOnYellow) {
  CliScene scene;
  scene.manager.answer("GET /health?name=www", 200,
                       R"({"overall":"yellow","sets":{"green":0,"yellow":1,"red":0},"findings":[]})");
  const Ran ran = scene.run({"health", "www"});
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_EQ(ran.out, "sets: 0 green, 1 yellow, 0 red\n");
}

TEST(Health, ChecksNowOnlyWhenAsked) {
  CliScene scene;
  scene.manager.answer("GET /health", 200, kRed);
  scene.manager.answer("POST /health/check", 200, kRed);
  scene.run({"health", "check"});
  EXPECT_EQ(scene.manager.last_call(), "GET /health");
  EXPECT_EQ(scene.run({"health", "check", "--now", "-o", "json"}).exit_code, kExitRed);
  EXPECT_EQ(scene.manager.last_call(), "POST /health/check {}");
}

TEST(Watch, AddsWithStarttlsAndName) {
  CliScene scene;
  scene.manager.answer("POST /health/watches", 201, R"({"name":"mail.test:587"})");
  const Ran ran =
      scene.run({"health", "watch", "add", "mail.test:587", "--starttls", "smtp", "--name", "mx.test"});
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_EQ(scene.manager.last_call(),
            R"(POST /health/watches {"address":"mail.test:587","starttls":"smtp","server_name":"mx.test"})");
  EXPECT_EQ(scene.run({"health", "watch", "add", "mail.test", "--starttls", "irc"}).exit_code, kExitUsage);
}

TEST(Settings, ChangeOnlyWhatIsGiven) {
  CliScene scene;
  scene.manager.answer("PUT /settings/health", 200, R"({"digest":true,"digest_hour":6})");
  EXPECT_THAT(scene.run({"health", "settings", "--digest", "daily", "--digest-hour", "6"}).out,
              HasSubstr("daily at 6:00 UTC"));
  EXPECT_EQ(scene.manager.last_call(), R"(PUT /settings/health {"digest":true,"digest_hour":6})");
}

TEST(Notify, TakesThePasswordFromAFileAndNeverShowsIt) {
  TempDir dir;
  const std::string file = dir.path() / "password";
  ASSERT_TRUE(write_file_atomic(file, view_bytes("planted\n"), 0600));
  CliScene scene;
  scene.manager.answer("POST /notify/targets", 201, R"({"name":"mail"})");
  const Ran ran = scene.run({"notify", "add", "mail", "--to", "a@example.test", "--server", "smtp.test:587",
                             "--user", "u", "--password-file", file});
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_THAT(scene.manager.last_call(), HasSubstr(R"("tls":"starttls","user":"u","secret":"planted"})"));
  EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("planted")));
  EXPECT_EQ(scene.run({"notify", "add", "mail", "--server", "smtp.test:587"}).exit_code, kExitUsage);
}

TEST(Notify, ListsWhatWaits) {
  CliScene scene;
  scene.manager.answer(
      "GET /notify/targets", 200,
      R"({"targets":[{"name":"mail","kind":"mail","server":"smtp.test:587","to":["a@b.test"],"tls":"starttls","waiting":3}]})");
  EXPECT_THAT(scene.run({"notify", "list"}).out, HasSubstr("smtp.test:587  a@b.test  starttls  3"));
}

TEST(Roots, RechainShowsWhatItDid) {
  CliScene scene;
  scene.manager.answer("POST /roots/rechain", 200,
                       R"({"chains":[{"set":"www","key_type":"p256","serial":"0a","before":1,"after":2,)"
                       R"("outcome":"completed","detail":""}]})");
  EXPECT_THAT(scene.run({"roots", "rechain", "www", "--dry-run"}).out, HasSubstr("1 to 2  completed"));
  EXPECT_EQ(scene.manager.last_call(), R"(POST /roots/rechain {"dry_run":true,"set":"www"})");
}

}  // namespace
}  // namespace certstead

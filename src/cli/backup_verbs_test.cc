#include <gmock/gmock.h>

#include <fstream>

#include "base/file.h"
#include "base/temp_dir.h"
#include "cli/fake_manager.h"

namespace certstead {
namespace {

using testing::HasSubstr;

TEST(BackupVerbs, FetchABackupInPiecesIntoOneFile) {
  CliScene scene;
  const TempDir dir;
  const std::string file = dir.path() / "backup";
  scene.manager.answer("POST /backups", 201, R"({"id":"b1","size":8,"sha256":"ab","recipients":["safe"]})");
  scene.manager.answer("GET /backups/b1?offset=0", 200, "first");
  scene.manager.answer("GET /backups/b1?offset=5", 200, "end");
  scene.manager.answer("DELETE /backups/b1", 204, "");
  const Ran ran = scene.run({"backup", "create", "--to", file, "--recipient", "safe"});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_EQ(read_text_file(file).value(), "firstend");
  EXPECT_EQ(scene.manager.calls().front(), R"(POST /backups {"recipients":["safe"]})");
  EXPECT_EQ(scene.manager.last_call(), "DELETE /backups/b1");
}

TEST(BackupVerbs, LeaveNoFileWhenTheManagerStopsHalfWay) {
  CliScene scene;
  const TempDir dir;
  scene.manager.answer("POST /backups", 201, R"({"id":"b1","size":8})");
  scene.manager.answer("GET /backups/b1?offset=0", 200, "first");
  scene.manager.answer("GET /backups/b1?offset=5", 200, "");
  EXPECT_EQ(scene.run({"backup", "create", "--to", dir.path() / "backup"}).exit_code, kExitFailed);
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

class Freeze : public testing::Test {
 protected:
  Freeze() {
    scene_.manager.answer("POST /write-holds", 201, R"({"id":"7","until":"2026-11-22T08:16:16Z"})");
  }
  Ran freeze(std::vector<std::string> command, bool held = true) {
    scene_.manager.answer("DELETE /write-holds/7", 200, held ? R"({"held":true})" : R"({"held":false})");
    command.insert(command.begin(), {"backup", "freeze", "--seconds", "5", "--"});
    return scene_.run(command);
  }
  CliScene scene_;
};

TEST_F(Freeze, RunsTheCommandWithItsOwnWordsAndReleases) {
  const TempDir dir;
  const std::string file = dir.path() / "it's here";
  const Ran ran = freeze({"/bin/sh", "-c", "printf %s \"$1\" >\"$0\"", file, "-x;"});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_EQ(read_text_file(file).value(), "-x;");
  EXPECT_EQ(scene_.manager.calls().front(), R"(POST /write-holds {"seconds":5})");
  EXPECT_EQ(scene_.manager.last_call(), "DELETE /write-holds/7");
}

TEST_F(Freeze, PassesTheExitCodeOnAndReleasesAllTheSame) {
  EXPECT_EQ(freeze({"/bin/sh", "-c", "exit 42"}).exit_code, 42);
  EXPECT_EQ(scene_.manager.last_call(), "DELETE /write-holds/7");
}

TEST_F(Freeze, ReleasesWhenTheCommandDoesNotExist) {
  const Ran ran = freeze({"/nowhere/at/all"});
  EXPECT_EQ(ran.exit_code, kExitFailed);
  EXPECT_THAT(ran.err, HasSubstr("/nowhere/at/all"));
  EXPECT_EQ(scene_.manager.last_call(), "DELETE /write-holds/7");
}

TEST_F(Freeze, FailsWhenTheHoldEndedBeforeTheCommand) {
  const Ran ran = freeze({"/bin/true"}, false);
  EXPECT_EQ(ran.exit_code, kExitFailed);
  EXPECT_THAT(ran.err, HasSubstr("do not use that snapshot"));
}

TEST(OfflineVerbs, WriteNoKeyWithoutAYes) {
  CliScene scene;
  int exported = 0;
  scene.servers.local.offline_list = [](const OfflineOptions&) { return Result<LocalAnswer>(LocalAnswer{}); };
  scene.servers.local.offline_verify = scene.servers.local.offline_list;
  scene.servers.local.offline_export = [&](const OfflineOptions&) -> Result<LocalAnswer> {
    ++exported;
    return LocalAnswer{};
  };
  EXPECT_EQ(scene.run({"offline", "export", "www.example.test", "--out", "x.pem"}).exit_code, kExitUsage);
  EXPECT_EQ(exported, 0);
  EXPECT_EQ(scene.run({"offline", "export", "www.example.test", "--out", "x.pem", "--yes"}).exit_code,
            kExitOk);
  EXPECT_EQ(exported, 1);
}

class Setup : public testing::Test {
 protected:
  Setup() {
    scene_.servers.local.setup = [this](const SetupOptions& options) -> Result<LocalAnswer> {
      given_ = options;
      return LocalAnswer{};
    };
  }
  Ran setup(std::vector<std::string> words) {
    words.insert(words.begin(), "setup");
    return scene_.run(std::move(words));
  }
  CliScene scene_;
  SetupOptions given_;
};

TEST_F(Setup, WantsAnAddressAndAYesToTheTerms) {
  EXPECT_EQ(setup({}).exit_code, kExitUsage);
  const Ran ran = setup({"--email", "a@example.test"});
  EXPECT_EQ(ran.exit_code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("--agree-tos"));
}

TEST_F(Setup, AsksOnATerminal) {
  scene_.terminal = true;
  scene_.input = "a@example.test\ny\n";
  scene_.manager.answer("PUT /settings/default-issuer", 0, "");
  const Ran ran = setup({});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("account add letsencrypt-staging --email a@example.test --agree-tos"));
}

TEST_F(Setup, MakesTheAccountWhereAManagerRuns) {
  scene_.manager.answer("PUT /settings/default-issuer", 200, "{}");
  scene_.manager.answer("POST /accounts", 201, "{}");
  const Ran ran = setup({"--email", "a@example.test", "--agree-tos", "--issuer", "lab"});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_EQ(scene_.manager.last_call(),
            R"(POST /accounts {"issuer":"lab","email":"a@example.test","agree_tos":true})");
  EXPECT_THAT(ran.out, testing::Not(HasSubstr("account add")));
}

TEST_F(Setup, TakesAConfigurationFileThatIsNotThereYet) {
  const TempDir dir;
  const std::string config = dir.path() / "second.toml";
  scene_.manager.answer("PUT /settings/default-issuer", 0, "");
  const Ran ran =
      setup({"--email", "a@example.test", "--agree-tos", "--config", config, "--data", "/srv/second"});
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_EQ(given_.config, config);
  EXPECT_EQ(given_.data, "/srv/second");
  EXPECT_THAT(ran.out, HasSubstr("--config " + config));
}

}  // namespace
}  // namespace certstead

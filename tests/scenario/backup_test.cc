// Backup and restore as an administrator does it: the disk dies, the views have gone on, and somebody pulls
// the plug in the middle.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "support/fleet_processes.h"

namespace certstead {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using testing::HasSubstr;

class BackupScenario : public testing::Test {
 protected:
  BackupScenario() {
    EXPECT_TRUE(write_file_atomic(password(), view_bytes("a long pass phrase\n"), 0644));
    expect_done(fleet_.cli({"account", "add", "pebble", "--agree-tos"}));
    expect_done(fleet_.cli({"request", "www.lab.test", "--key", "p256"}));
    expect_done(
        fleet_.cli({"backup", "recipient", "create", "safe", "--out", key(), "--password-file", password()}));
  }

  static void expect_done(const CommandResult& result) {
    EXPECT_EQ(result.exit, 0) << result.out << result.err;
  }
  std::string at(const std::string& name) const { return (fleet_.directory() / name).string(); }
  std::string key() const { return at("safe.key"); }
  std::string password() const { return at("password"); }
  std::string backup() {
    expect_done(fleet_.cli({"backup", "create", "--to", at("backup")}));
    return at("backup");
  }
  CommandResult restore(const std::string& data, const std::string& identity) {
    return fleet_.cli({"backup", "restore", at("backup"), "--key", key(), "--password-file", password(),
                       "--data", data, "--identity", identity});
  }
  bool gone_within(const std::string& name, seconds limit) const {
    for (const Deadline deadline = Deadline::after(limit); !deadline.passed(); ::usleep(100'000)) {
      if (fleet_.serial(name, ProbeKey::kEcdsa).empty()) return true;
    }
    return false;
  }

  FleetProcesses fleet_;
};

TEST_F(BackupScenario, ARestoredManagerServesAndAViewThatWasAheadFollowsIt) {
  const std::string serial = fleet_.serial("www.lab.test", ProbeKey::kEcdsa);
  ASSERT_NE(serial, "");
  backup();
  const CommandResult verified = fleet_.cli(
      {"backup", "verify", at("backup"), "--key", key(), "--password-file", password(), "-o", "json"});
  EXPECT_EQ(verified.exit, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("\"credentials\": \"1\""));
  // The view goes on beyond the backup.
  expect_done(fleet_.cli({"request", "mail.lab.test", "--key", "p256"}));
  ASSERT_NE(fleet_.serial("mail.lab.test", ProbeKey::kEcdsa), "");
  fleet_.kill_manager();
  fs::remove_all(fleet_.data());
  fs::remove_all(at("identity"));
  expect_done(restore(fleet_.data(), at("identity")));
  fleet_.start_manager();
  ASSERT_TRUE(fleet_.wait_for_manager(seconds{60})) << fleet_.log_of("manager");
  EXPECT_TRUE(gone_within("mail.lab.test", seconds{60})) << "the view kept what the restored store has not";
  EXPECT_EQ(fleet_.serial("www.lab.test", ProbeKey::kEcdsa), serial);
  expect_done(fleet_.cli({"request", "new.lab.test", "--key", "p256"}));
  EXPECT_NE(fleet_.serial("new.lab.test", ProbeKey::kEcdsa), "");
  expect_done(fleet_.cli({"audit", "verify"}));
}

TEST_F(BackupScenario, NothingOfTheFleetStandsInTheFile) {
  const std::string sealed = read_text_file(backup(), 64U << 20).value();
  EXPECT_GT(sealed.size(), 10'000U);
  for (const char* planted :
       {"www.lab.test", "lab.test", "PRIVATE KEY", "BEGIN CERT", "pebble", "identity/", "SQLite"})
    EXPECT_EQ(sealed.find(planted), std::string::npos) << planted;
  struct stat info {};
  ASSERT_EQ(::stat(at("backup").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(BackupScenario, OfflineVerbsWorkOnlyWhileTheManagerIsDown) {
  const std::vector<std::string> places = {"--data", fleet_.data(), "--identity", at("identity")};
  const auto offline = [&](std::vector<std::string> words, bool identity = true) {
    words.insert(words.begin(), "offline");
    words.insert(words.end(), places.begin(), places.begin() + (identity ? 4 : 2));
    return fleet_.cli(words);
  };
  const CommandResult busy = offline({"list"}, false);
  EXPECT_EQ(busy.exit, 1);
  EXPECT_THAT(busy.err, HasSubstr("in use by another manager"));
  fleet_.kill_manager();
  EXPECT_THAT(offline({"list"}, false).out, HasSubstr("www.lab.test"));
  expect_done(offline({"verify"}));
  expect_done(offline({"export", "www.lab.test", "--out", at("rescue.pem"), "--yes"}));
  EXPECT_THAT(read_text_file(at("rescue.pem")).value_or(""), HasSubstr("BEGIN PRIVATE KEY"));
  fleet_.start_manager();
  ASSERT_TRUE(fleet_.wait_for_manager(seconds{60})) << fleet_.log_of("manager");
  EXPECT_THAT(fleet_.cli({"audit", "list", "--limit", "1000"}).out, HasSubstr("offline.export"));
}

TEST_F(BackupScenario, AFreezeHoldsWritesForTheTimeOfItsCommandOnly) {
  // The command sees a store without a log of recent writes, and a write that comes meanwhile waits.
  const CommandResult frozen = fleet_.cli({"backup", "freeze", "--", "/bin/sh", "-c",
                                           "test ! -s '" + fleet_.data() + "/certstead.db-wal' && exit 7"});
  EXPECT_EQ(frozen.exit, 7) << frozen.err;
  expect_done(fleet_.cli({"request", "after.lab.test", "--key", "p256"}));
  const CommandResult late = fleet_.cli({"backup", "freeze", "--seconds", "1", "--", "/bin/sleep", "2"});
  EXPECT_EQ(late.exit, 1);
  EXPECT_THAT(late.err, HasSubstr("do not use that snapshot"));
}

// Runs a command of the program with SIGKILL at its `n`-th call of one of `calls`. True if it was hit.
bool killed_at(int n, const std::string& calls, const std::vector<std::string>& words) {
  std::string line = geteuid() == 0 ? "/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups " : "";
  line += "env ASAN_OPTIONS=detect_leaks=0 /usr/bin/strace -f -qq -o /dev/null -e trace=" + calls +
          " -e inject=" + calls + ":signal=SIGKILL:when=" + std::to_string(n) + " " CERTSTEAD_BINARY;
  for (const std::string& word : words) line += " '" + word + "'";
  const int status = std::system((line + " >/dev/null 2>&1").c_str());
  return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void sweep_restore(const FleetProcesses& fleet, const std::vector<std::string>& words, const fs::path& data,
                   const fs::path& identity, int last, int stride) {
  int killed = 0;
  for (int n = 1; n <= last; n += stride) {
    fs::remove_all(data);
    fs::remove_all(identity);
    const bool hit = killed_at(n, "rename,fsync,fdatasync", words);
    if (hit) ++killed;
    const bool there = fs::exists(data / "certstead.db");
    EXPECT_TRUE(hit || there) << "not killed at " << n << " and nothing restored";
    // The same call again brings what is missing; where the store is there it is whole.
    if (!there) {
      EXPECT_EQ(fleet.cli(words).exit, 0) << "after a kill at " << n;
    }
    const CommandResult checked =
        fleet.cli({"offline", "verify", "--data", data.string(), "--identity", identity.string()});
    EXPECT_EQ(checked.exit, 0) << "after a kill at " << n << ": " << checked.err;
    if (!hit || testing::Test::HasFailure()) break;
  }
  EXPECT_GT(killed, 0) << "no call was hit: the sweep proves nothing";
}

class BackupCrash : public BackupScenario {
 protected:
  void SetUp() override {
    if (access("/usr/bin/strace", X_OK) != 0) GTEST_SKIP() << "strace is not installed";
  }
  void restores(int last, int stride) {
    backup();
    const fs::path data = at("restored/data"), identity = at("restored/identity");
    sweep_restore(fleet_,
                  {"backup", "restore", at("backup"), "--key", key(), "--password-file", password(), "--data",
                   data.string(), "--identity", identity.string()},
                  data, identity, last, stride);
  }
};

TEST_F(BackupCrash, AKillAtSomeStepsOfARestoreLeavesNothingHalf) { restores(60, 7); }

TEST_F(BackupCrash, AKillAtEveryStepOfARestoreLeavesNothingHalf) {
  if (std::getenv("CERTSTEAD_FULL") == nullptr) GTEST_SKIP() << "only in ./check full (CERTSTEAD_FULL=1)";
  restores(200, 1);
}

TEST_F(BackupCrash, AKillWhileABackupIsFetchedLeavesTheOldOne) {
  backup();
  const std::string before = read_text_file(at("backup"), 64U << 20).value();
  int killed = 0;
  for (const char* calls : {"fsync", "rename"}) {
    const std::vector<std::string> words = {"--socket", at("api.sock"), "backup",
                                            "create",   "--to",         at("backup")};
    if (killed_at(1, calls, words)) ++killed;
    // Before the rename the old file stands, at the rename either of both; both open.
    const CommandResult verified =
        fleet_.cli({"backup", "verify", at("backup"), "--key", key(), "--password-file", password()});
    EXPECT_EQ(verified.exit, 0) << calls << ": " << verified.err;
  }
  EXPECT_GT(killed, 0);
  EXPECT_TRUE(fleet_.manager_runs());
}

TEST_F(BackupCrash, AManagerThatDiesWhileItMakesABackupStartsAgainWithoutLeftovers) {
  int killed = 0;
  for (int n = 1; n <= 5; ++n) {
    fleet_.stop_manager();
    fleet_.start_manager({"/usr/bin/strace", "-f", "-qq", "-e", "trace=unlink", "-e",
                          "inject=unlink:signal=SIGKILL:when=" + std::to_string(n), "-o", at("strace")});
    const bool up = fleet_.wait_for_manager(seconds{60});
    if (up && fleet_.cli({"backup", "create", "--to", at("lost")}).exit != 0) {
      ++killed;
      EXPECT_FALSE(fs::exists(at("lost")));
    }
    fs::remove(at("lost"));
  }
  EXPECT_GT(killed, 0) << "no backup was hit: the sweep proves nothing";
  fleet_.stop_manager();
  fleet_.start_manager();
  ASSERT_TRUE(fleet_.wait_for_manager(seconds{60})) << fleet_.log_of("manager");
  backup();
  for (const auto& entry : fs::directory_iterator(fleet_.data()))
    EXPECT_EQ(entry.path().filename().string().find("backup-copy"), std::string::npos);
}

}  // namespace
}  // namespace certstead

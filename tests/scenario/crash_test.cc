// kill -9 at every durable write of one issuance: afterwards one activated version, no token left, at most
// one stray order at the CA. strace kills the manager at its N-th fdatasync.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/text.h"
#include "support/fleet_processes.h"

namespace certstead {
namespace {

using std::chrono::seconds;

int count(const std::string& text, std::string_view what) {
  int n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++n;
  return n;
}

// How many orders Pebble has taken; it says so in its log at each.
int orders_at_ca(const FleetProcesses& fleet) {
  const std::string log = fleet.log_of("pebble/pebble");
  return count(log, "Added order");
}

struct Crash {
  bool killed = false;  // false: the issuance was over before the N-th write
};

int challenges_in_store(const FleetProcesses& fleet) {
  sqlite3* db = nullptr;
  sqlite3_stmt* statement = nullptr;
  int rows = -1;
  if (sqlite3_open_v2((fleet.data() + "/certstead.db").c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) ==
          SQLITE_OK &&
      sqlite3_prepare_v2(db, "SELECT count(*) FROM challenges", -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    rows = sqlite3_column_int(statement, 0);
  }
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return rows;
}

// A manager that died between its commit and the view brings the view after it when it is up again.
bool is_served(const FleetProcesses& fleet) {
  for (int i = 0; i < 600; ++i) {
    if (!fleet.serial("www.lab.test", ProbeKey::kEcdsa).empty()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  return false;
}

// A fresh fleet whose manager dies at its `n`-th durable write after the request was made.
Crash crash_at(int n) {
  FleetProcesses fleet;
  // The account is made beforehand, so that the writes that count are those of the request.
  EXPECT_EQ(fleet.cli({"account", "add", "pebble", "--agree-tos"}).exit, 0);
  fleet.stop_manager();
  fleet.start_manager({"/usr/bin/strace", "-f", "-qq", "-e", "trace=fdatasync", "-e",
                       "inject=fdatasync:signal=SIGKILL:when=" + std::to_string(n), "-o",
                       (fleet.directory() / "strace").string()});
  const int before = orders_at_ca(fleet);
  if (fleet.wait_for_manager(seconds{60})) {
    static_cast<void>(fleet.cli({"request", "www.lab.test", "--key", "p256", "--no-wait"}));
    for (int i = 0; i < 300 && fleet.manager_runs(); ++i) {
      if (fleet.cli({"list", "-o", "json"}).out.find("\"issued\"") != std::string::npos) break;
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
  }
  const Crash crash{!fleet.manager_runs()};
  fleet.stop_manager();
  fleet.start_manager();
  EXPECT_TRUE(fleet.wait_for_manager(seconds{60})) << fleet.log_of("manager");
  // The request itself may have been lost before it was acknowledged; then it is simply made again.
  const CommandResult again = fleet.cli({"request", "www.lab.test", "--key", "p256"});
  EXPECT_EQ(again.exit, 0) << "killed at write " << n << ": " << again.err;
  EXPECT_TRUE(is_served(fleet)) << "killed at write " << n;
  const std::string shown = fleet.cli({"show", "www.lab.test", "-o", "json"}).out;
  EXPECT_EQ(count(shown, "\"serial\""), 1) << "killed at write " << n << "\n" << shown;
  EXPECT_EQ(count(shown, "\"archived\": 0"), 1) << "killed at write " << n << "\n" << shown;
  EXPECT_EQ(count(shown, "\"orders\": []"), 1) << "killed at write " << n << "\n" << shown;
  EXPECT_LE(orders_at_ca(fleet) - before, 2) << "killed at write " << n;
  EXPECT_GE(orders_at_ca(fleet), 1);
  fleet.stop_manager();
  EXPECT_EQ(challenges_in_store(fleet), 0) << "killed at write " << n;
  return crash;
}

void sweep(int first, int last, int stride) {
  if (access("/usr/bin/strace", X_OK) != 0) GTEST_SKIP() << "strace is not installed";
  int killed = 0;
  for (int n = first; n <= last; n += stride) {
    if (crash_at(n).killed) ++killed;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(killed, 0) << "no write was hit: the sweep proves nothing";
}

TEST(Crash, AKillAtSomeWritesLeavesOneVersionAndNoSecondOrder) { sweep(2, 26, 3); }

TEST(CrashSweep, AKillAtEveryWriteLeavesOneVersionAndNoSecondOrder) {
  if (std::getenv("CERTSTEAD_FULL") == nullptr) GTEST_SKIP() << "only in ./check full (CERTSTEAD_FULL=1)";
  sweep(1, 60, 1);
}

}  // namespace
}  // namespace certstead

// What the store promises about crashes, full and broken disks: another process does the writing and the
// dying.
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <random>

#include "base/text.h"
#include "contract/child.h"
#include "contract/power_cut.h"
#include "contract/store_contract.h"
#include "store/sqlite_store.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kChild = CERTSTEAD_STORE_CHILD;

std::string query_text(const std::filesystem::path& file, const char* sql) {
  sqlite3* db = nullptr;
  sqlite3_open(file.c_str(), &db);
  std::string out;
  sqlite3_exec(
      db, sql,
      [](void* to, int, char** values, char**) {
        static_cast<std::string*>(to)->append(values[0] ? values[0] : "NULL");
        return 0;
      },
      &out, nullptr);
  sqlite3_close(db);
  return out;
}

class StoreDurability : public testing::Test {
 protected:
  std::string directory() const { return (temporary_.path() / "store").string(); }
  std::filesystem::path file() const { return temporary_.path() / "store" / "certstead.db"; }

  // Every line that the child printed names something that is there, and the store is sound.
  void expect_all_there(const std::vector<std::string>& acknowledged) {
    const auto store = open_sqlite_store(directory(), clock_, log_);
    ASSERT_TRUE(store) << store.error().detail;
    for (const std::string& line : acknowledged) {
      const auto words = split(line, ' ');
      const bool there = words[0] == "set" ? (*store)->credentials().find_set_by_name(words[1]).has_value()
                                           : (*store)->challenges().find_challenge(words[1]).has_value();
      EXPECT_TRUE(there) << line << " was acknowledged and is lost";
    }
    const auto chain = (*store)->audit().verify_audit();
    EXPECT_TRUE(chain) << chain.error().detail;
    EXPECT_EQ(query_text(file(), "PRAGMA integrity_check"), "ok");
  }

  // The lines with "failed" in front, out of what a child printed.
  static std::vector<std::string> take_failures(std::vector<std::string>& lines) {
    std::vector<std::string> failed;
    std::erase_if(lines, [&](const std::string& line) {
      if (line.rfind("failed", 0) != 0) return false;
      failed.push_back(line);
      return true;
    });
    return failed;
  }

  static bool can_inject() {
    Child probe({"strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "true"});
    probe.rest();
    return probe.wait() == 0;
  }
  std::vector<std::string> injected(const std::string& fault, const std::string& prefix) const {
    // LeakSanitizer can't work in a traced process.
    return {"env",
            "ASAN_OPTIONS=detect_leaks=0",
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "trace=fdatasync",
            "-e",
            "inject=fdatasync:" + fault,
            kChild,
            "count",
            directory(),
            prefix,
            "8"};
  }

  TempDir temporary_;
  FakeClock clock_;
  NullLog log_;
};

TEST_F(StoreDurability, NothingAcknowledgedIsLostWhenTheProcessIsKilledThirtyTimes) {
  std::mt19937 random(20'261'122);
  std::vector<std::string> acknowledged;
  for (int round = 0; round < 30; ++round) {
    Child child({kChild, "write", directory(), std::to_string(round), round % 2 == 0 ? "4" : "1"});
    for (auto wanted = 1 + random() % 60; wanted > 0; --wanted) {
      const auto line = child.line();
      ASSERT_TRUE(line) << "the child ended by itself in round " << round;
      acknowledged.push_back(*line);
    }
    child.kill();
    const auto late = child.rest();
    acknowledged.insert(acknowledged.end(), late.begin(), late.end());
    EXPECT_EQ(child.wait(), 128 + SIGKILL);
  }
  expect_all_there(acknowledged);
}

TEST_F(StoreDurability, NothingAcknowledgedIsLostWhenTheProcessDiesAtASync) {
  if (!can_inject()) GTEST_SKIP() << "strace may not trace here";
  std::vector<std::string> acknowledged;
  int killed = 0;
  for (int when = 1; when <= 12; ++when) {
    Child child(injected("signal=SIGKILL:when=" + std::to_string(when), std::to_string(when)));
    const auto lines = child.rest();
    acknowledged.insert(acknowledged.end(), lines.begin(), lines.end());
    if (child.wait() == 128 + SIGKILL) ++killed;
  }
  EXPECT_GE(killed, 6);
  EXPECT_FALSE(acknowledged.empty());
  expect_all_there(acknowledged);
}

// A commit is acknowledged after its sync: what a power cut leaves then, or at any sync before, is a sound
// store with everything acknowledged by that time.
TEST_F(StoreDurability, NothingAcknowledgedIsLostInAPowerCut) {
  const auto image = temporary_.path() / "image";
  struct Cut {
    std::filesystem::path directory;
    int acknowledged;
  };
  std::vector<Cut> cuts;
  std::atomic<int> acknowledged = 0;
  const auto cut = [&] {
    cuts.push_back({temporary_.path() / ("cut" + std::to_string(cuts.size())), acknowledged});
    std::filesystem::copy(image, cuts.back().directory);
  };
  int syncs = 0;
  {
    const PowerCut power(image, [&] {
      if (++syncs > 10 && syncs % 7 == 0) cut();  // not before the tables are there
    });
    const auto store = open_sqlite_store(directory(), clock_, log_).value();
    for (int i = 0; i < 60; ++i) {
      Order order = sample_order(std::to_string(i), "s", "");
      order.csr = Bytes(100'000, 1);  // so that the log is written back into the file now and then
      ASSERT_TRUE(store->orders().create_order(order, 0));
      acknowledged = i + 1;
      if (i % 7 == 0) cut();
    }
  }
  ASSERT_GT(cuts.size(), 15U);
  for (const Cut& at : cuts) {
    const auto store = open_sqlite_store(at.directory, clock_, log_);
    ASSERT_TRUE(store) << store.error().detail;
    const auto orders = (*store)->orders().all_orders();
    ASSERT_TRUE(orders) << orders.error().detail;
    EXPECT_GE(static_cast<int>(orders->size()), at.acknowledged);
    EXPECT_EQ(query_text(at.directory / "certstead.db", "PRAGMA integrity_check"), "ok");
  }
}

TEST_F(StoreDurability, FailingSyncIsReportedAndNeverAcknowledged) {
  if (!can_inject()) GTEST_SKIP() << "strace may not trace here";
  std::vector<std::string> failed;
  for (int when = 1; when <= 8; ++when) {
    Child child(injected("error=EIO:when=" + std::to_string(when), "at" + std::to_string(when)));
    auto lines = child.rest();
    child.wait();
    const auto refused = take_failures(lines);
    if (!refused.empty() && lines.empty()) continue;  // the opening failed, and said so
    EXPECT_EQ(lines.size() + refused.size(), 8U);
    failed.insert(failed.end(), refused.begin(), refused.end());
    expect_all_there(lines);
  }
  // Some syncs are none of a commit, or of the directory, whose failure SQLite takes lightly.
  EXPECT_GE(failed.size(), 4U);
  EXPECT_THAT(failed, Each(AllOf(StartsWith("failed commit-unknown: cannot read or write the store "),
                                 HasSubstr("certstead.db: Input/output error; check that disk"))));
}

TEST_F(StoreDurability, FullDiskIsReportedAndTheStoreGoesOnAfterwards) {
  Child child({kChild, "full", directory(), "300000"});
  auto lines = child.rest();
  EXPECT_EQ(child.wait(), 0) << "the store could not be written after there was room again";
  const auto failed = take_failures(lines);
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_THAT(failed[0], AllOf(StartsWith("failed disk-full: cannot read or write"), HasSubstr("make room")));
  EXPECT_EQ(lines.back(), "set after");
  expect_all_there(lines);
  const std::string lost = "before." + std::to_string(lines.size() - 1);
  const auto store = open_sqlite_store(directory(), clock_, log_);
  EXPECT_FALSE((*store)->credentials().find_set_by_name(lost)) << "a refused change is there all the same";
}

TEST_F(StoreDurability, DirectoryWithoutRightsIsRefusedInOneSentence) {
  std::filesystem::permissions(temporary_.path(), std::filesystem::perms(0755));
  std::filesystem::create_directory(directory());
  std::filesystem::permissions(directory(), std::filesystem::perms(0555));
  Child child({kChild, "open", directory()});
  const auto lines = child.rest();
  EXPECT_EQ(child.wait(), 2);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0], "failed file-denied: the store can't be opened: cannot open " + directory() +
                          "/lock: Permission denied; check its owner and mode");
}

TEST_F(StoreDurability, MigrationThatIsKilledAnywhereIsCompletedByTheNextOpening) {
  bool ended = false;
  for (int steps = 1; !ended; steps += 1 + steps / 4) {
    TempDir here;
    const auto database = here.path() / "certstead.db";
    ASSERT_TRUE(write_file_atomic(database, {}));
    Child child({kChild, "migrate", here.path().string(), std::to_string(steps)});
    ended = !child.rest().empty();
    EXPECT_EQ(child.wait(), ended ? 0 : 128 + SIGKILL);
    const auto store = open_sqlite_store(here.path(), clock_, log_);
    ASSERT_TRUE(store) << "after " << steps << " steps: " << store.error().detail;
    EXPECT_TRUE((*store)->credentials().create_set(sample_set("a"), note("set.create")));
    EXPECT_EQ(query_text(database, "PRAGMA integrity_check"), "ok");
    ASSERT_LT(steps, 1'000'000);
  }
}

}  // namespace
}  // namespace certstead

// What happens between processes: killed writers, other processes' readers, growth, fork().
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <random>
#include <sstream>
#include <thread>

#include "base/temp_dir.h"
#include "replica/environment.h"
#include "replica/generations_testing.h"

namespace certstead {
namespace {

// A child that runs `work`, whose value is its exit code. It ends with the test, whatever happens.
class Child {
 public:
  explicit Child(const std::function<int()>& work) : pid_(::fork()) {
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::_exit(work());
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    kill();
    if (pid_ > 0) exit_code();
  }
  void kill() const {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
  }
  // Waits for its end; 128 and the signal if it was killed.
  int exit_code() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

int write_forever(const std::filesystem::path& directory) {
  Result<std::unique_ptr<ViewWriter>> writer = ViewWriter::open(directory);
  if (!writer) return 2;
  Result<ViewBatch> last = (*writer)->begin();
  std::int64_t generation = last->meta()->applied_seq;
  { const ViewBatch dropped = std::move(*last); }
  for (;;) {
    if (!write_generation(**writer, ++generation)) return 3;
  }
}

TEST(ViewProcesses, WriterKilledAtAnyMomentLeavesWholeBatches) {
  const TempDir dir;
  { ASSERT_TRUE(write_generation(**ViewWriter::open(dir.path()), 1)); }
  std::mt19937 random(20261122);
  std::int64_t before = 1;
  const auto round = [&](std::chrono::microseconds wait) {
    Child child([&] { return write_forever(dir.path()); });
    std::this_thread::sleep_for(wait);
    child.kill();
    ASSERT_EQ(child.exit_code(), 128 + SIGKILL);
    const std::unique_ptr<ViewReader> reader = *ViewReader::open(dir.path());
    expect_whole(*reader);
    EXPECT_GE(reader->meta()->applied_seq, before);
    before = reader->meta()->applied_seq;
  };
  for (int i = 0; i < 30; ++i) round(std::chrono::microseconds(2000 + random() % 30000));
  // On a busy machine none of those may have come to its first batch.
  for (std::chrono::milliseconds wait{60}; before == 1 && wait < std::chrono::seconds{10}; wait *= 2)
    round(wait);
  EXPECT_GT(before, 1) << "no child came to write anything";
}

// Two look-ups are two snapshots; within one, all refs are of one batch, and a found credential that is gone
// was replaced by a newer one.
TEST(ViewProcesses, ReaderOfAnotherProcessSeesWholeBatchesOnly) {
  const TempDir dir;
  { ASSERT_TRUE(write_generation(**ViewWriter::open(dir.path()), 1)); }
  const std::unique_ptr<ViewReader> reader = *ViewReader::open(dir.path());
  Child child([&] { return write_forever(dir.path()); });
  std::int64_t newest = 0;
  for (int i = 0; i < 3000 || (newest < 20 && i < 3'000'000); ++i) {
    const NameMatch match = *reader->find(host("shared.test"));
    ASSERT_EQ(match.credentials.size(), 1U);
    ASSERT_GE(match.credentials[0].version, newest);
    newest = match.credentials[0].version;
    const Result<StoredCredential> stored = reader->load(match.credentials[0].id);
    if (stored) {
      ASSERT_EQ(to_text(stored->record.leaf), std::to_string(newest));
    } else {
      ASSERT_EQ(stored.error().code, Code::kNotFound);
    }
    ASSERT_EQ(reader->stats()->credentials, kSets + 0U);
  }
  child.kill();
  child.exit_code();
  EXPECT_GE(newest, 20);
}

TEST(ViewProcesses, ReaderWithASmallMapFollowsAGrowingView) {
  const TempDir dir;
  { ASSERT_TRUE(write_generation(**ViewWriter::open(dir.path()), 1)); }
  const std::unique_ptr<ViewReader> reader = *ViewReader::open(dir.path());
  std::atomic<bool> stop{false};
  std::atomic<int> bad{0};
  std::thread other([&] {
    while (!stop) {
      if (!reader->find(host("h0.test"))) ++bad;
    }
  });
  constexpr int kRounds = 40;
  Child child([&] {
    Result<std::unique_ptr<ViewWriter>> writer = ViewWriter::open(dir.path());
    for (int i = 0; writer && i < kRounds; ++i) {
      NewCredential large = credential_of(100 + i, 1);
      large.record.leaf = Bytes(std::size_t{1} << 20, 5);
      Result<ViewBatch> batch = (*writer)->begin();
      if (!batch || !batch->replace_set("large" + std::to_string(i), {large}) || !batch->commit()) return 1;
    }
    return 0;
  });
  while (reader->find(host("h" + std::to_string(100 + kRounds - 1) + ".test"))->kind == MatchKind::kNone) {
    std::this_thread::yield();
  }
  EXPECT_EQ(child.exit_code(), 0);
  stop = true;
  other.join();
  EXPECT_EQ(bad, 0);
  EXPECT_EQ(reader->load("v139-1")->record.leaf.size(), std::size_t{1} << 20);
  EXPECT_GT(reader->stats()->bytes_used, std::uint64_t{40} << 20);
}

TEST(ViewProcesses, ChildReadsWhatItsParentOpened) {
  const TempDir dir;
  const std::unique_ptr<ViewWriter> writer = *ViewWriter::open(dir.path());
  ASSERT_TRUE(write_generation(*writer, 1));
  const std::unique_ptr<ViewReader> reader = *ViewReader::open(dir.path());
  ASSERT_TRUE(reader->meta());
  Child child([&] {
    for (int i = 0; i < 100; ++i) {
      const Result<NameMatch> match = reader->find(host("h1.test"));
      if (!match || match->kind != MatchKind::kExact) return 1;
    }
    return writer->begin() ? 2 : 0;
  });
  for (int generation = 2; generation < 40; ++generation) ASSERT_TRUE(write_generation(*writer, generation));
  EXPECT_EQ(child.exit_code(), 0);
  EXPECT_EQ(reader->meta()->applied_seq, 39);
}

TEST(ViewProcesses, ChildThatReopenedReadsOnInAChroot) {
  if (::geteuid() != 0) GTEST_SKIP() << "chroot() takes root";
  const TempDir dir, jail;
  { ASSERT_TRUE(write_generation(**ViewWriter::open(dir.path()), 1)); }
  const std::unique_ptr<ViewReader> reader = *ViewReader::open(dir.path());
  Child child([&] {
    if (!reader->reopen_after_fork() || ::chroot(jail.path().c_str()) != 0 || ::setuid(65534) != 0) return 1;
    return reader->find(host("h1.test"))->kind == MatchKind::kExact ? 0 : 2;
  });
  EXPECT_EQ(child.exit_code(), 0);
  Child late([&] {
    if (::chroot(jail.path().c_str()) != 0 || ::chdir("/") != 0) return 1;
    const Result<NameMatch> match = reader->find(host("h1.test"));
    return !match && match.error().code == Code::kNotFound ? 0 : 2;
  });
  EXPECT_EQ(late.exit_code(), 0);
}

TEST(ViewProcesses, SlotsOfKilledReadersAreFreed) {
  const TempDir dir;
  const std::unique_ptr<ViewWriter> writer = *ViewWriter::open(dir.path());
  ASSERT_TRUE(write_generation(*writer, 1));
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  Child child([&] {
    const std::unique_ptr<ViewReader> reader = *ViewReader::open(dir.path());
    if (!reader->meta() || ::write(ready[1], "x", 1) != 1) return 1;
    ::pause();
    return 0;
  });
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(*writer->check_readers(), 0);
  child.kill();
  child.exit_code();
  EXPECT_EQ(*writer->check_readers(), 1);
  ::close(ready[0]);
  ::close(ready[1]);
}

// A child that stands still within a look-up once `ready` has a byte.
int stand_still_reading(const std::filesystem::path& directory, int ready) {
  std::shared_ptr<Environment> environment;
  {
    const Environment::Hold held = Environment::hold();
    auto opened = Environment::open(directory / kViewFile, {}, held);
    if (!opened) return 2;
    environment = *opened;
  }
  const auto txn = environment->begin_read();
  if (!txn || ::write(ready, "r", 1) != 1) return 3;
  for (;;) ::pause();
}

// Neither one that stands still nor one that was killed there makes writer or readers wait; pages that it may
// still look at are not used again until its slot is freed.
TEST(ViewProcesses, ReaderThatStopsWithinALookUpBlocksNobody) {
  const TempDir dir;
  const auto writer = *ViewWriter::open(dir.path());
  ASSERT_TRUE(write_generation(*writer, 1));
  int ready[2] = {};
  ASSERT_EQ(::pipe(ready), 0);
  Child child([&] { return stand_still_reading(dir.path(), ready[1]); });
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const auto reader = *ViewReader::open(dir.path());
  std::int64_t generation = 1;
  const auto go_on = [&] {
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(write_generation(*writer, ++generation));
      ASSERT_EQ(reader->meta()->applied_seq, generation);
    }
    expect_whole(*reader);
  };
  go_on();
  child.kill();
  ASSERT_EQ(child.exit_code(), 128 + SIGKILL);
  go_on();
  EXPECT_EQ(*writer->check_readers(), 1);
  go_on();
  ::close(ready[0]);
  ::close(ready[1]);
}

// In a child, since the limit and its signal are the process's: 0 if all went as it should.
int fill_the_disk(const std::filesystem::path& directory) {
  const auto writer = *ViewWriter::open(directory);
  const auto reader = *ViewReader::open(directory);
  if (!write_generation(*writer, 1)) return 2;
  ::signal(SIGXFSZ, SIG_IGN);
  const rlimit full{std::filesystem::file_size(directory / kViewFile), RLIM_INFINITY};
  ::setrlimit(RLIMIT_FSIZE, &full);
  const auto write_much = [&]() -> Status {
    TRY(ViewBatch batch, writer->begin());
    for (int i = 0; i < 2000; ++i) CHECK_OK(batch.put_http01("t" + std::to_string(i), std::string(500, 'x')));
    CHECK_OK(batch.set_meta({"store", 1, 2}));
    return batch.commit();
  };
  const Status failed = write_much();
  if (failed || failed.error().code != Code::kUnavailable) return 3;
  if (reader->meta()->applied_seq != 1 || reader->find(host("h0.test"))->credentials.size() != 1) return 4;
  if (!reader->load("v0-1")) return 5;
  const rlimit room{RLIM_INFINITY, RLIM_INFINITY};
  ::setrlimit(RLIMIT_FSIZE, &room);
  if (!write_much() || reader->meta()->applied_seq != 2) return 6;
  return 0;
}

TEST(ViewProcesses, FullDiskLosesNothingThatWasServedAndTheWriterGoesOnWhenThereIsRoom) {
  const TempDir dir;
  Child child([&] { return fill_the_disk(dir.path()); });
  EXPECT_EQ(child.exit_code(), 0);
}

TEST(ViewProcesses, WriterIsOpenedBeforeTheReadersOfItsProcess) {
  const TempDir dir;
  { ASSERT_TRUE(ViewWriter::open(dir.path())); }
  const std::unique_ptr<ViewReader> reader = *ViewReader::open(dir.path());
  EXPECT_EQ(ViewWriter::open(dir.path()).error().code, Code::kConflict);
}

TEST(ViewProcesses, WriterOfAnotherProcessIsAConflict) {
  const TempDir dir;
  const std::unique_ptr<ViewWriter> writer = *ViewWriter::open(dir.path());
  Child child([&] {
    const auto second = ViewWriter::open(dir.path());
    return !second && second.error().code == Code::kConflict ? 0 : 1;
  });
  EXPECT_EQ(child.exit_code(), 0);
}

// Bytes of address space that this process has mapped of the file called `name`.
std::uint64_t mapped_bytes(const std::string& name) {
  std::ifstream maps("/proc/self/maps");
  std::uint64_t out = 0;
  for (std::string line; std::getline(maps, line);) {
    if (!line.ends_with(name)) continue;
    std::uint64_t from = 0, to = 0;
    char dash = 0;
    std::istringstream(line) >> std::hex >> from >> dash >> to;
    out += to - from;
  }
  return out;
}

// Dovecot's processes may have 256 MB of address space; the writer's map alone is 16 GiB.
TEST(ViewProcesses, ReaderMapsLittleMoreThanWhatIsThere) {
  const TempDir dir;
  { ASSERT_TRUE(write_generation(**ViewWriter::open(dir.path()), 1)); }
  const std::unique_ptr<ViewReader> reader = *ViewReader::open(dir.path());
  ASSERT_TRUE(reader->meta());
  const std::uint64_t mapped = mapped_bytes("/view-1.mdb");
  EXPECT_GT(mapped, 0U);
  EXPECT_LE(mapped, std::uint64_t{8} << 20);
}

}  // namespace
}  // namespace certstead

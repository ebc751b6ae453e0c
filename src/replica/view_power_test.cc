// What a power cut leaves of a view. LMDB asks for the disk by fdatasync(), which this program puts its own
// in front of: between two such calls every page of the file may have reached the disk or not.
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <random>

#include "base/file.h"
#include "base/temp_dir.h"
#include "replica/generations_testing.h"
#include "replica/view.h"

namespace certstead {
namespace {

// Called with the file before each flush of it.
std::function<void(int file)> before_flush;

constexpr std::size_t kPage = 4096;

// The disk of one view under the most unkind of machines.
class Disk {
 public:
  explicit Disk(std::filesystem::path file) : file_(std::move(file)), kept_(now()) {}

  // What a cut before the next flush may leave: of each page what it was at the last flush, or what it is.
  Bytes leave(std::mt19937& random) const {
    Bytes out = now();
    const Bytes zeros(kPage);
    for (std::size_t at = 0; at < out.size(); at += kPage) {
      if (random() % 2 == 0) continue;
      const auto old = at < kept_.size() ? kept_.begin() + static_cast<std::ptrdiff_t>(at) : zeros.begin();
      std::copy_n(old, kPage, out.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return out;
  }
  void flush() { kept_ = now(); }
  bool is(int file) const {
    struct stat asked {
    }, own{};
    return ::fstat(file, &asked) == 0 && ::stat(file_.c_str(), &own) == 0 && asked.st_ino == own.st_ino;
  }

 private:
  Bytes now() const { return *read_file(file_, std::size_t{1} << 30); }
  std::filesystem::path file_;
  Bytes kept_;
};

// Generations that a cut may leave.
struct Bounds {
  std::int64_t least, most;
};

// The machine comes back with `left` on its disk: the view can be read, as a whole, and written on.
void expect_goes_on(const Bytes& left, const Bounds& bounds) {
  const TempDir dir;
  ASSERT_TRUE(write_file_atomic(dir.path() / "view-1.mdb", left));
  const auto writer = ViewWriter::open(dir.path());
  ASSERT_TRUE(writer) << writer.error().detail;
  const auto reader = *ViewReader::open(dir.path());
  const std::int64_t generation = reader->meta()->applied_seq;
  EXPECT_GE(generation, bounds.least);
  EXPECT_LE(generation, bounds.most);
  ASSERT_NO_FATAL_FAILURE(expect_whole(*reader));
  for (int more = 1; more <= 3; ++more) {
    ASSERT_TRUE(write_generation(**writer, generation + more));
    ASSERT_NO_FATAL_FAILURE(expect_whole(*reader));
  }
}

class ViewPowerCut : public testing::Test {
 protected:
  ~ViewPowerCut() override { before_flush = nullptr; }

  // From now on the power is cut at every flush, after all that was written since the one before.
  void cut_at_every_flush() {
    before_flush = [this](int file) {
      if (!disk_.is(file)) return;
      for (int i = 0; i < 4; ++i) cuts_.push_back({disk_.leave(random_), bounds_});
      disk_.flush();
      ++flushes_;
    };
  }

  struct Cut {
    Bytes left;
    Bounds bounds;
  };
  static std::unique_ptr<ViewWriter> first(const std::filesystem::path& directory) {
    auto writer = *ViewWriter::open(directory);
    ViewBatch batch = *writer->begin();
    // So that the tree has branches, and a commit changes a part of it.
    for (int i = 0; i < 200; ++i)
      EXPECT_TRUE(batch.put_http01("t" + std::to_string(i), std::string(300, 'x')));
    EXPECT_TRUE(batch.commit());
    EXPECT_TRUE(write_generation(*writer, 1));
    EXPECT_TRUE(writer->sync());
    return writer;
  }

  TempDir dir_;
  std::unique_ptr<ViewWriter> writer_ = first(dir_.path());
  Disk disk_{dir_.path() / "view-1.mdb"};
  std::mt19937 random_{20261128};
  Bounds bounds_{1, 1};
  std::vector<Cut> cuts_;
  int flushes_ = 0;
};

TEST_F(ViewPowerCut, LeavesOneOfTheLastTwoCommitsAsAWhole) {
  cut_at_every_flush();
  for (std::int64_t generation = 2; generation <= 20; ++generation) {
    // Within the commit neither its own meta page nor, perhaps, that of the one before has reached the disk.
    bounds_ = {std::max<std::int64_t>(generation - 2, 1), generation - 1};
    ASSERT_TRUE(write_generation(*writer_, generation));
  }
  EXPECT_EQ(flushes_, 19) << "a commit waits for the disk once";
  for (const Cut& cut : cuts_) ASSERT_NO_FATAL_FAILURE(expect_goes_on(cut.left, cut.bounds));
}

TEST_F(ViewPowerCut, LosesNothingThatWasSynced) {
  cut_at_every_flush();
  for (std::int64_t generation = 2; generation <= 10; ++generation) {
    bounds_ = {generation - 1, generation - 1};
    ASSERT_TRUE(write_generation(*writer_, generation));
    bounds_ = {generation - 1, generation};
    ASSERT_TRUE(writer_->sync());
    cuts_.push_back({disk_.leave(random_), {generation, generation}});
  }
  for (const Cut& cut : cuts_) ASSERT_NO_FATAL_FAILURE(expect_goes_on(cut.left, cut.bounds));
}

TEST_F(ViewPowerCut, SyncWithoutACommitAsksNothingOfTheDisk) {
  cut_at_every_flush();
  ASSERT_TRUE(write_generation(*writer_, 2));
  ASSERT_TRUE(writer_->sync());
  const int flushes = flushes_;
  ASSERT_TRUE(writer_->sync());
  EXPECT_EQ(flushes_, flushes);
}

}  // namespace
}  // namespace certstead

extern "C" int fdatasync(int file) {
  if (certstead::before_flush) certstead::before_flush(file);
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

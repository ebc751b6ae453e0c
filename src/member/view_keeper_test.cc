#include "member/view_keeper.h"

#include <gtest/gtest.h>

#include "base/temp_dir.h"

namespace certstead {
namespace {

// Where the view would go on in the feed, once it was there and is opened with this filter.
ViewMeta meta_with(const std::filesystem::path& directory, const std::vector<std::string>& sets) {
  auto keeper = ViewKeeper::open({"mail", directory, sets, {}});
  EXPECT_TRUE(keeper) << keeper.error().detail;
  return *(*keeper)->meta();
}

void come_to(const std::filesystem::path& directory, std::int64_t seq) {
  auto writer = ViewWriter::open(directory);
  ASSERT_TRUE(writer);
  auto batch = (*writer)->begin();
  ASSERT_TRUE(batch);
  ASSERT_TRUE(batch->set_meta({"store", 1, seq}));
  ASSERT_TRUE(batch->commit());
}

TEST(ViewKeeper, SameFilterGoesOnWhereTheViewIs) {
  const TempDir dir;
  meta_with(dir.path(), {"mail.example.test"});
  come_to(dir.path(), 7);
  EXPECT_EQ(meta_with(dir.path(), {"mail.example.test"}).applied_seq, 7);
}

TEST(ViewKeeper, AnotherFilterAsksForEverythingAnew) {
  const TempDir dir;
  const std::vector<std::string> filters[] = {
      {"mail.example.test"}, {"mail.example.test", "www.example.test"}, {}, {"www.example.test"}};
  for (const auto& sets : filters) {
    EXPECT_EQ(meta_with(dir.path(), sets).store_id, "");
    come_to(dir.path(), 7);
  }
}

}  // namespace
}  // namespace certstead

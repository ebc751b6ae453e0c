#include "member/member.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "base/fake_clock.h"
#include "base/temp_dir.h"
#include "vault/fleet_ca.h"

namespace certstead {
namespace {

std::atomic<int> flushes{0};  // what this program asked of the disk; LMDB does so by fdatasync()

// A manager that can't be reached, and when it was asked.
class AwayFeed final : public Feed {
 public:
  Result<SignedManifest> pull(std::string_view, std::int64_t, std::int64_t, Deadline) override {
    flushes_then = flushes;
    return unavailable("the manager is away");
  }
  int flushes_then = -1;
};

class MemberOfAwayManager : public testing::Test {
 protected:
  // One pull; how often the disk was asked before the manager was.
  int flushes_before_the_question() {
    const int before = flushes;
    EXPECT_FALSE(member_->pull_once(Deadline::after(std::chrono::seconds{1})));
    return feed_.flushes_then - before;
  }

  TempDir dir_;
  FakeClock clock_;
  NullLog log_;
  AwayFeed feed_;
  std::unique_ptr<Member> member_ =
      *Member::open(*make_identity(*FleetCa::make(clock_.now()), {Role::kMember, "m"}, clock_.now()), "store",
                    {.views = {{"gateway", dir_.path() / "view", {}, {}}}}, feed_, clock_, log_);
};

// The position that a member asks from is its word that it has everything before.
TEST_F(MemberOfAwayManager, ViewsAreOnTheDiskBeforeTheManagerHearsWhereTheyAre) {
  static_cast<void>(flushes_before_the_question());
  ASSERT_TRUE(member_->views().front()->set_lookup_log(true));
  EXPECT_EQ(flushes_before_the_question(), 1);
  EXPECT_EQ(flushes_before_the_question(), 0) << "nothing was written since";
}

}  // namespace
}  // namespace certstead

extern "C" int fdatasync(int file) {
  ++certstead::flushes;
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

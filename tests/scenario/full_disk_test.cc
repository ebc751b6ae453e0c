// A view on a disk of its own that gets full under the manager.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "support/fleet_processes.h"
#include "support/tls_client.h"

namespace certstead {
namespace {

using std::chrono::seconds;

bool eventually(const std::function<bool()>& condition) {
  for (const Deadline deadline = Deadline::after(seconds{60}); !deadline.passed();) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return condition();
}

// One megabyte, which the user of the servers may write to.
class SmallDisk {
 public:
  SmallDisk()
      : mounted_(::mount("tmpfs", dir_.path().c_str(), "tmpfs", 0, "size=1m,mode=0755,uid=65534,gid=65534") ==
                 0) {}
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount2(dir_.path().c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  std::string path() const { return dir_.path().string(); }
  void fill() const {
    std::ofstream file(dir_.path() / "filler");
    while (file << std::string(4096, 'x') << std::flush) {
    }
  }
  void make_room() const { std::filesystem::remove(dir_.path() / "filler"); }

 private:
  TempDir dir_;
  const bool mounted_;
};

class FullDisk : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || !disk_.mounted()) GTEST_SKIP() << "mounting a small disk takes root";
    fleet_.emplace(
        LabCaOptions{}, false,
        std::vector<std::string>{"--view", "small=" + disk_.path() + "/view", "--view", "other={}/other"});
    std::filesystem::create_directory_symlink(disk_.path() + "/view", fleet_->directory() / "small");
  }
  void request(const std::string& name) const {
    const CommandResult result = fleet_->cli({"request", name, "--issuer", "microca", "--key", "p256"});
    ASSERT_EQ(result.exit, 0) << result.out << result.err;
  }
  bool is_out_of_space() const {
    return fleet_->log_of("manager").find("is its disk full?") != std::string::npos;
  }
  bool serves(std::uint16_t port, const std::string& name) const {
    return client_.ask({port}, {.name = name}).ok;
  }

  SmallDisk disk_;
  std::optional<FleetProcesses> fleet_;
  const TlsClient client_;
};

TEST_F(FullDisk, LosesNothingThatIsServedAndHoldsUpNoOtherView) {
  request("www.lab.test");
  const std::uint16_t small = fleet_->add_gateway("small"), other = fleet_->add_gateway("other");
  ASSERT_TRUE(eventually([&] { return serves(small, "www.lab.test") && serves(other, "www.lab.test"); }));
  disk_.fill();
  // What was freed within the file is used first.
  std::string last;
  for (int i = 0; i < 40 && !is_out_of_space(); ++i) {
    last = "n" + std::to_string(i) + ".lab.test";
    request(last);
    ASSERT_TRUE(eventually([&] { return serves(other, last); })) << fleet_->log_of("manager");
    eventually([&] { return is_out_of_space() || serves(small, last); });
  }
  ASSERT_TRUE(is_out_of_space()) << fleet_->log_of("manager");
  EXPECT_TRUE(serves(small, "www.lab.test"));
  EXPECT_FALSE(serves(small, last));
  disk_.make_room();
  EXPECT_TRUE(eventually([&] { return serves(small, last); })) << fleet_->log_of("manager");
  EXPECT_TRUE(serves(small, "www.lab.test"));
}

}  // namespace
}  // namespace certstead

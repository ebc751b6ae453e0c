#include "deploy/safe_directory.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/temp_dir.h"

namespace certstead {
namespace {

using testing::HasSubstr;

class SafeDirectoryTest : public testing::Test {
 protected:
  std::string refusal(const std::filesystem::path& path, const Owner& owner = {}) {
    const auto opened = SafeDirectory::open(path, owner);
    if (opened) return "opened";
    EXPECT_EQ(opened.error().id, "deploy-target") << opened.error().detail;
    return opened.error().detail;
  }
  std::filesystem::path make(const char* name, mode_t mode = 0755) {
    const auto path = dir_.path() / name;
    EXPECT_EQ(::mkdir(path.c_str(), 0700), 0);
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  TempDir dir_;
};

TEST_F(SafeDirectoryTest, OwnDirectoriesAndOwnLinksAreFine) {
  const auto real = make("real");
  std::filesystem::create_symlink("real", dir_.path() / "link");
  EXPECT_EQ(refusal(real), "opened");
  EXPECT_EQ(SafeDirectory::open(dir_.path() / "link", {})->path(), std::filesystem::canonical(real));
  EXPECT_EQ(refusal(dir_.path() / "link" / ".." / "real"), "opened");
}

TEST_F(SafeDirectoryTest, WhatEverybodyMayWriteIsRefused) {
  make("open", 0777);
  std::filesystem::create_directory(dir_.path() / "open" / "inner");
  EXPECT_THAT(refusal(dir_.path() / "open"), HasSubstr("written by everybody"));
  EXPECT_THAT(refusal(dir_.path() / "open" / "inner"), HasSubstr("written by everybody"));
}

TEST_F(SafeDirectoryTest, AStickyDirectoryMayLieOnTheWayButIsNoTarget) {
  const auto sticky = make("sticky", 01777);
  std::filesystem::create_directory(sticky / "inner");
  EXPECT_EQ(refusal(sticky / "inner"), "opened");
  EXPECT_THAT(refusal(sticky), HasSubstr("written by everybody"));
}

TEST_F(SafeDirectoryTest, ForeignOwnersAreRefusedUnlessTheFilesAreTheirs) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  const auto foreign = make("foreign");
  ASSERT_EQ(::chown(foreign.c_str(), 65534, 65534), 0);
  EXPECT_THAT(refusal(foreign), HasSubstr("belongs to user 65534"));
  EXPECT_EQ(refusal(foreign, {65534, {}}), "opened");
}

TEST_F(SafeDirectoryTest, ForeignLinksAndForeignGroupsAreRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a link away";
  make("real");
  std::filesystem::create_symlink("real", dir_.path() / "link");
  ASSERT_EQ(::lchown((dir_.path() / "link").c_str(), 65534, 65534), 0);
  EXPECT_THAT(refusal(dir_.path() / "link"), HasSubstr("is a link of user 65534"));
  const auto group = make("group", 0775);
  ASSERT_EQ(::chown(group.c_str(), 0, 65534), 0);
  EXPECT_THAT(refusal(group), HasSubstr("written by the group 65534"));
  EXPECT_EQ(refusal(group, {{}, 65534}), "opened");
}

TEST_F(SafeDirectoryTest, LinksInACircleEnd) {
  std::filesystem::create_symlink("b", dir_.path() / "a");
  std::filesystem::create_symlink("a", dir_.path() / "b");
  EXPECT_THAT(refusal(dir_.path() / "a"), HasSubstr("one link too many"));
}

TEST_F(SafeDirectoryTest, MissingDirectoriesAreMadeWhenThatIsWanted) {
  EXPECT_EQ(SafeDirectory::open(dir_.path() / "x" / "y", {}).error().code, Code::kNotFound);
  ASSERT_TRUE(SafeDirectory::open(dir_.path() / "x" / "y", {}, 0750));
  struct stat info {};
  ASSERT_EQ(::stat((dir_.path() / "x" / "y").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0750U);
}

TEST_F(SafeDirectoryTest, AFileHasItsModeWhateverTheUmask) {
  const SafeDirectory directory = SafeDirectory::open(dir_.path(), {}).value();
  const mode_t before = ::umask(0);
  ASSERT_TRUE(directory.write_new("key.pem", view_bytes("secret"), {}, 0640));
  ::umask(before);
  EXPECT_EQ(directory.look("key.pem")->info.st_mode & 07777, 0640U);
  EXPECT_EQ(to_text(directory.read("key.pem")->reveal()), "secret");
  EXPECT_EQ(directory.write_new("key.pem", view_bytes("x"), {}, 0600).error().code, Code::kConflict);
}

TEST_F(SafeDirectoryTest, NoLinkIsFollowedInTheEnd) {
  const SafeDirectory directory = SafeDirectory::open(dir_.path(), {}).value();
  std::filesystem::create_symlink("/etc/passwd", dir_.path() / "key.pem");
  EXPECT_FALSE(directory.write_new("key.pem", view_bytes("x"), {}, 0600));
  EXPECT_FALSE(directory.read("key.pem"));
}

}  // namespace
}  // namespace certstead

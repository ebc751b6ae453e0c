#include "adopt/source_tree.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/temp_dir.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Files {
 public:
  void put(const std::string& path, const std::string& text) {
    const std::filesystem::path at = dir.path() / path.substr(1);
    EXPECT_TRUE(make_directories(at.parent_path(), 0755));
    EXPECT_TRUE(write_file_atomic(at, view_bytes(text), 0644));
  }
  void link(const std::string& target, const std::string& path) {
    const std::filesystem::path at = dir.path() / path.substr(1);
    EXPECT_TRUE(make_directories(at.parent_path(), 0755));
    EXPECT_EQ(::symlink(target.c_str(), at.c_str()), 0);
  }
  std::string below(const std::string& path) const { return dir.path().string() + path; }

  TempDir dir;
  DiskTree tree{dir.path()};
};

TEST(DiskTree, FollowsAbsoluteLinksAsIfItsRootWereTheSystems) {
  Files files;
  files.put("/srv/tls/a.pem", "here");
  files.link("/srv/tls", "/etc/tls");
  files.link("../tls/a.pem", "/etc/nginx/b.pem");
  EXPECT_EQ(files.tree.text("/etc/nginx/b.pem").value(), "here");
  EXPECT_EQ(files.tree.system_path("/etc/nginx/b.pem").value(), files.below("/srv/tls/a.pem"));
}

TEST(DiskTree, IsNeverLeft) {
  Files files;
  files.put("/etc/passwd", "the tree's own");
  files.link("../../../../../../../../../etc/passwd", "/a");
  files.link("/etc/passwd", "/b");
  EXPECT_EQ(files.tree.text("/a").value(), "the tree's own");
  EXPECT_EQ(files.tree.text("/b").value(), "the tree's own");
  EXPECT_EQ(files.tree.text("/../../../etc/passwd").value(), "the tree's own");
}

TEST(DiskTree, TakesPathsThatBeginWithItsRootAsWithinIt) {
  Files files;
  files.put("/live/cert.pem", "x");
  files.link(files.below("/live"), "/absolute");
  EXPECT_EQ(files.tree.text(files.below("/live/cert.pem")).value(), "x");
  EXPECT_EQ(files.tree.text("/absolute/cert.pem").value(), "x");
}

TEST(DiskTree, GivesUpOnLoopsPipesAndLargeFilesWithAReason) {
  Files files;
  files.link("b", "/a");
  files.link("a", "/b");
  ASSERT_EQ(::mkfifo(files.below("/pipe").c_str(), 0600), 0);
  files.put("/large", std::string(SourceTree::kMaxFile + 1, 'x'));
  EXPECT_THAT(files.tree.read("/a").error().detail, HasSubstr("loop of symbolic links"));
  EXPECT_THAT(files.tree.read("/pipe").error().detail, HasSubstr("no regular file"));
  EXPECT_THAT(files.tree.read("/large").error().detail, HasSubstr("larger than 1 MiB"));
  EXPECT_THAT(files.tree.read(std::string("/x\0y", 4)).error().detail, HasSubstr("no path"));
  EXPECT_EQ(files.tree.read("/nothing").error().code, Code::kNotFound);
}

TEST(DiskTree, StopsReadingWhenTheScanHasHadItsShare) {
  Files files;
  files.put("/a", "12345");
  DiskTree tree(files.dir.path(), {.files = 2, .bytes = 100});
  EXPECT_TRUE(tree.read("/a"));
  EXPECT_TRUE(tree.read("/a"));
  EXPECT_EQ(tree.read("/a").error().id, "scan-too-large");
}

TEST(DiskTree, SaysThatAFileMayNotBeRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  Files files;
  files.put("/key.pem", "secret");
  ASSERT_EQ(::chmod(files.below("/key.pem").c_str(), 0), 0);
  EXPECT_THAT(files.tree.read("/key.pem").error().detail, HasSubstr("run the scan as a user who may"));
}

TEST(Glob, FindsWhatTheShellWould) {
  Files files;
  for (const char* path : {"/c/a.conf", "/c/b.conf", "/c/.hidden.conf", "/c/x.txt", "/d/a.conf"})
    files.put(path, "");
  EXPECT_THAT(files.tree.glob("/c/*.conf").value(), ElementsAre("/c/a.conf", "/c/b.conf"));
  EXPECT_THAT(files.tree.glob("/[cd]/a.conf").value(), ElementsAre("/c/a.conf", "/d/a.conf"));
  EXPECT_THAT(files.tree.glob("/c/x.txt").value(), ElementsAre("/c/x.txt"));
  EXPECT_THAT(files.tree.glob("/nowhere/*").value(), IsEmpty());
  EXPECT_THAT(files.tree.glob("/c/y.txt").value(), IsEmpty());
}

}  // namespace
}  // namespace certstead

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/temp_dir.h"
#include "cli/fake_manager.h"

namespace certstead {
namespace {

using testing::HasSubstr;

TEST(PreloadVerb, SaysHowAViewIsDeclaredThatIsNotThere) {
  const TempDir dir;
  std::ofstream(dir.path() / "library") << "";
  CliScene scene;
  const Ran ran =
      scene.run({"preload", "--views", dir.path().string(), "--library", (dir.path() / "library").string(),
                 "--", "/usr/sbin/nginx", "-g", "daemon off;"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("view = [\"nginx=" + (dir.path() / "nginx").string() + "\"]"));
}

TEST(PreloadVerb, SaysWhereTheLibraryWouldCome) {
  CliScene scene;
  const Ran ran = scene.run({"preload", "--library", "/nowhere/lib.so", "--", "nginx"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("libtlscache-preload"));
}

TEST(PreloadVerb, NeedsAProgramAndKnowsWhatUnknownNamesMayGet) {
  CliScene scene;
  EXPECT_EQ(scene.run({"preload"}).exit_code, 2);
  EXPECT_EQ(scene.run({"preload", "--on-unknown", "maybe", "--", "nginx"}).exit_code, 2);
}

}  // namespace
}  // namespace certstead

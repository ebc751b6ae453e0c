#include <gmock/gmock.h>
#include <sys/stat.h>

#include "adopt/fake_tree.h"
#include "adopt/scan.h"
#include "adopt/tool_run.h"
#include "base/file.h"
#include "base/temp_dir.h"

namespace certstead {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// There is no kyrtool to be had without a Domino server: scripts of the test stand in for it.
std::string script(const TempDir& dir, const std::string& body) {
  const auto path = dir.path() / "kyrtool";
  const std::string text = "#!/bin/sh\n" + body;
  EXPECT_TRUE(write_file_atomic(path, view_bytes(text), 0700));
  return path;
}

std::string text_of(const SecretBytes& bytes) { return to_text(bytes.reveal()); }

TEST(Domino, AsksKyrtoolForEachKeyringThatADocumentNames) {
  TempDir dir;
  EXPECT_TRUE(make_directories(dir.path() / "data" / "sub"));
  for (const char* file : {"data/KeyFile.kyr", "data/sub/site.kyr", "data/notes.ini"})
    EXPECT_TRUE(write_file_atomic(dir.path() / file, view_bytes("x"), 0600));
  ScanOptions options;
  options.kyrtool = script(dir, "echo \"$@\"\n");
  options.run_tool = run_tool;
  options.at = {"/data"};
  options.documents =
      "<item name='SSLKeyFile'><text>keyfile.kyr</text></item>"
      "<item name='Site'><text>C:\\Domino\\Data\\sub\\site.kyr</text></item> and sub/site.kyr, keyfile.kyr; "
      "gone.kyr x.kyrie";
  DiskTree tree(dir.path());
  const Findings found = scan_domino(tree, options);
  ASSERT_THAT(found.found, SizeIs(2));
  const std::string root = dir.path();
  const std::string common = "=" + root + "/data/notes.ini show ";
  EXPECT_EQ(found.found[0].problem, "");
  EXPECT_EQ(text_of(found.found[0].content), common + "keys -k " + root + "/data/KeyFile.kyr\n\n" + common +
                                                 "certs -k " + root + "/data/KeyFile.kyr\n\n" + common +
                                                 "roots -k " + root + "/data/KeyFile.kyr\n\n");
  EXPECT_EQ(found.found[1].place, "/data/sub/site.kyr");
  std::vector<std::string> gone;
  for (const Skipped& one : found.skipped) gone.push_back(one.place);
  EXPECT_THAT(gone, testing::Contains("/data/gone.kyr"));
}

TEST(Domino, WithoutDocumentsTakesTheKeyringsOfTheDataDirectoryAndSaysWhatToRun) {
  FakeTree tree;
  tree.files["/local/notesdata/keyfile.kyr"] = "";
  tree.files["/local/notesdata/names.nsf"] = "";
  const Findings found = scan_domino(tree, {});
  ASSERT_THAT(found.found, SizeIs(1));
  EXPECT_THAT(found.found[0].problem, HasSubstr("kyrtool show keys -k /local/notesdata/keyfile.kyr"));
}

TEST(ToolRun, GivesUpOnToolsThatFailHangOrNeverStopPrinting) {
  TempDir dir;
  EXPECT_THAT(run_tool({script(dir, "exit 3\n")}, seconds{20}).error().detail, HasSubstr("exit code 3"));
  EXPECT_THAT(run_tool({script(dir, "sleep 1000\n")}, Duration{200}).error().detail,
              HasSubstr("was stopped"));
  EXPECT_THAT(run_tool({script(dir, "exec >&-; sleep 1000\n")}, Duration{200}).error().detail,
              HasSubstr("was stopped"));
  EXPECT_THAT(
      run_tool({script(dir, "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done\n")},
               seconds{100})
          .error()
          .detail,
      HasSubstr("was stopped"));
  EXPECT_THAT(run_tool({"/nowhere/kyrtool"}, seconds{1}).error().detail, HasSubstr("can't be started"));
  EXPECT_EQ(text_of(run_tool({script(dir, "cat; echo $HOME-$1\n"), "a b;c"}, seconds{20}).value()),
            "-a b;c\n");
}

}  // namespace
}  // namespace certstead

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/temp_dir.h"
#include "cli/fake_answers.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kState =
    R"({"set_up":true,"created":"2026-01-02T03:04:05Z","password_changed":"2026-01-02T03:04:05Z","failures":0,)"
    R"("locked_until":null})";

// One credential, whose content is `text`.
std::string exported(const std::string& text) {
  return R"({"set":"www.example.test","credentials":[{"key_type":"p256","version":4,"serial":"0a1b","content":")" +
         base64_encode(view_bytes(text)) + R"("}]})";
}

class ExportVerb : public testing::Test {
 protected:
  ExportVerb() {
    scene_.manager.answer("GET /sets/www.example.test", 200, kSet);
    scene_.manager.answer("POST /sets/www.example.test/export", 200, exported("the content"));
    write("export.pw", "  the export password\n");
    write("file.pw", "the file's password\n");
  }
  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(write_file_atomic(path(name), view_bytes(text)));
  }
  std::string path(const std::string& name) const { return (dir_.path() / name).string(); }
  Ran run(std::vector<std::string> more) {
    std::vector<std::string> words = {"export",          "www.example.test",     "--password-file",
                                      path("export.pw"), "--file-password-file", path("file.pw")};
    words.insert(words.end(), more.begin(), more.end());
    return scene_.run(words);
  }

  TempDir dir_;
  CliScene scene_;
};

TEST_F(ExportVerb, WritesAPrivateFileAndNeverOverAnotherOne) {
  const std::string out = path("www.pem");
  const Ran first = run({"--key-type", "p256", "--out", out});
  ASSERT_EQ(first.exit_code, kExitOk) << first.err;
  EXPECT_EQ(read_text_file(out).value(), "the content");
  struct stat found {};
  ASSERT_EQ(::stat(out.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  EXPECT_EQ(scene_.manager.last_call(),
            R"(POST /sets/www.example.test/export {"format":"pem","password":"the export password",)"
            R"("file_password":"the file's password","key_type":"p256"})");
  const Ran second = run({"--key-type", "p256", "--out", out});
  EXPECT_EQ(second.exit_code, kExitFailed);
  EXPECT_THAT(second.err, HasSubstr("--force"));
  EXPECT_EQ(scene_.manager.last_call(), "GET /sets/www.example.test");  // no password was sent
  EXPECT_EQ(run({"--key-type", "p256", "--out", out, "--force"}).exit_code, kExitOk);
}

TEST_F(ExportVerb, NamesFilesInADirectoryByKey) {
  const Ran ran = run({"--key-type", "p256", "--format", "p12", "--out", dir_.path().string()});
  ASSERT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_EQ(read_text_file(path("www.example.test.p256.p12")).value(), "the content");
}

TEST_F(ExportVerb, SeveralKeysNeedADirectory) {
  const Ran ran = run({"--out", path("one.pem")});
  EXPECT_EQ(ran.exit_code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("2 keys"));
}

TEST_F(ExportVerb, AsksTwiceForANewPasswordOnATerminal) {
  scene_.manager.answer("POST /export", 200, kState);
  scene_.terminal = true;
  scene_.typed = {"one password", "another password"};
  EXPECT_EQ(scene_.run({"export", "setup"}).exit_code, kExitFailed);
  EXPECT_TRUE(scene_.manager.calls().empty());
  scene_.prompts.clear();
  scene_.typed = {"one password", "one password"};
  EXPECT_EQ(scene_.run({"export", "setup"}).exit_code, kExitOk);
  EXPECT_THAT(scene_.prompts, ElementsAre("New export password: ", "Once more: "));
  EXPECT_EQ(scene_.manager.last_call(), R"(POST /export {"password":"one password"})");
}

TEST_F(ExportVerb, ChangesThePassword) {
  scene_.manager.answer("PUT /export/password", 200, kState);
  const Ran ran = scene_.run(
      {"export", "password", "--password-file", path("export.pw"), "--new-password-file", path("file.pw")});
  ASSERT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_EQ(
      scene_.manager.last_call(),
      R"(PUT /export/password {"old_password":"the export password","password":"the file's password"})");
}

TEST_F(ExportVerb, WithoutATerminalPasswordsComeFromFiles) {
  const Ran ran = scene_.run({"export", "www.example.test", "--key-type", "p256", "--out", path("x.pem")});
  EXPECT_EQ(ran.exit_code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("--password-file"));
}

}  // namespace
}  // namespace certstead

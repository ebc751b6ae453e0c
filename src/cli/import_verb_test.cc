#include <gmock/gmock.h>

#include <filesystem>

#include "base/file.h"
#include "base/temp_dir.h"
#include "cli/fake_answers.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kDropped =
    R"({"dry_run":false,"used":[],"sets":[],"dropped":[{"file":"strange","position":1,"kind":"certificate",)"
    R"("subject":"CN=x","fingerprint":"ab","id":"no-key","reason":"no key of it is there"}]})";

class ImportVerb : public testing::Test {
 protected:
  // Longer than an import takes; nothing but its length is on the disk.
  void put_endless(const std::string& name) {
    ASSERT_TRUE(write_file_atomic(dir_.path() / name, {}));
    std::filesystem::resize_file(dir_.path() / name, std::size_t{17} << 20);
  }
  Ran run(const std::filesystem::path& what, const std::string& output = "table") {
    return scene_.run({"-o", output, "import", what.string()});
  }

  TempDir dir_;
  CliScene scene_;
};

TEST_F(ImportVerb, AFileOfAFolderThatCantBeReadIsToldOfAndStandsInNoOnesWay) {
  scene_.manager.answer(R"(POST /imports)", 200, kDropped);
  ASSERT_TRUE(write_file_atomic(dir_.path() / "site.pem", view_bytes("a key")));
  put_endless("archive.tar");
  const Ran ran = run(dir_.path());
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_THAT(scene_.manager.last_call(), AllOf(HasSubstr("site.pem"), Not(HasSubstr("archive.tar"))));
  EXPECT_THAT(ran.err, AllOf(HasSubstr("no key of it is there"), HasSubstr("archive.tar: "),
                             HasSubstr("is longer than the 16777216 bytes")));
  const Ran json = run(dir_.path(), "json");
  EXPECT_THAT(json.out, AllOf(HasSubstr(R"("id": "no-key")"), HasSubstr(R"("id": "unreadable")")));
}

TEST_F(ImportVerb, AFileMayHaveAnyBytesInItsName) {
  scene_.manager.answer(R"(POST /imports)", 200, kDropped);
  const std::filesystem::path file = dir_.path() /
                                     "s\xFC"
                                     "d.pem";
  ASSERT_TRUE(write_file_atomic(file, view_bytes("a key")));
  EXPECT_EQ(run(file).exit_code, kExitOk);
  EXPECT_THAT(scene_.manager.last_call(), HasSubstr(R"(s\\xfcd.pem)"));
}

TEST_F(ImportVerb, WhatIsNamedMustBeReadable) {
  put_endless("archive.tar");
  for (const auto& what : {dir_.path() / "archive.tar", dir_.path()}) {
    const Ran ran = run(what);
    EXPECT_EQ(ran.exit_code, kExitFailed);
    EXPECT_THAT(ran.err, HasSubstr("archive.tar is longer than the 16777216 bytes"));
  }
  EXPECT_TRUE(scene_.manager.calls().empty());
}

}  // namespace
}  // namespace certstead

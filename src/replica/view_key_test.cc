#include "replica/view_key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/temp_dir.h"

namespace certstead {
namespace {

SecretBytes secret(std::string_view text) { return SecretBytes(view_bytes(text)); }

TEST(ViewKey, OpensWhatItSealedAtThisPlaceOnly) {
  const ViewKey key = ViewKey::generate();
  const Bytes sealed = *key.seal("v1", 3, secret("hush"));
  EXPECT_EQ(to_text(key.open("v1", 3, sealed)->reveal()), "hush");
  EXPECT_EQ(key.open("v2", 3, sealed).error().code, Code::kDenied);
  EXPECT_EQ(key.open("v1", 4, sealed).error().code, Code::kDenied);
}

TEST(ViewKey, AnotherViewsKeyOpensNothing) {
  const Bytes sealed = *ViewKey::generate().seal("v1", 1, secret("hush"));
  EXPECT_EQ(ViewKey::generate().open("v1", 1, sealed).error().code, Code::kDenied);
}

TEST(ViewKey, AFlippedBitOpensNothing) {
  const ViewKey key = ViewKey::generate();
  const Bytes sealed = *key.seal("v1", 1, secret("hush"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 1;
    EXPECT_FALSE(key.open("v1", 1, changed)) << i;
  }
}

TEST(ViewKey, IsMadeOnceAndReadByItsOwnerOnly) {
  const TempDir dir;
  const std::filesystem::path view = dir.path() / "web";
  const Bytes sealed = *ViewKey::load_or_create(view)->seal("v1", 1, secret("hush"));
  EXPECT_TRUE(ViewKey::load_or_create(view)->open("v1", 1, sealed));
  EXPECT_TRUE(ViewKey::load(view)->open("v1", 1, sealed));
  struct stat info {};
  ASSERT_EQ(::stat((view / "view.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST(ViewKey, GroupMayReadItIfAsked) {
  const TempDir dir;
  ASSERT_TRUE(ViewKey::load_or_create(dir.path(), ::getgid()));
  struct stat info {};
  ASSERT_EQ(::stat((dir.path() / "view.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640U);
}

TEST(ViewKey, MissingKeyIsNotFound) {
  const TempDir dir;
  EXPECT_EQ(ViewKey::load(dir.path()).error().code, Code::kNotFound);
}

TEST(ViewKey, KeyThatEverybodyMayReadIsRefused) {
  const TempDir dir;
  ASSERT_TRUE(ViewKey::load_or_create(dir.path()));
  ASSERT_EQ(::chmod((dir.path() / "view.key").c_str(), 0644), 0);
  EXPECT_EQ(ViewKey::load(dir.path()).error().code, Code::kDenied);
}

TEST(ViewKey, AnythingElseInTheFileIsRefusedAndKept) {
  const TempDir dir;
  for (const std::string_view text : {"", "c2hvcnQ=", "no base64 at all"}) {
    ASSERT_TRUE(write_file_atomic(dir.path() / "view.key", view_bytes(text)));
    EXPECT_EQ(ViewKey::load_or_create(dir.path()).error().code, Code::kInvalid) << text;
  }
}

}  // namespace
}  // namespace certstead

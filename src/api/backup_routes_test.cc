#include <gtest/gtest.h>

#include "api/scene_testing.h"

namespace certstead {
namespace {

// Whoever may use the socket must not thereby get at the keys: uid 1000 calls.
TEST(BackupRoutes, LetNoOperatorNameWhoCanOpenBackups) {
  ApiScene scene;
  const Answer added = scene.call("PUT", "/api/v1/backup-recipients/mine", R"({"certificate":"x"})");
  EXPECT_EQ(added.status, 403) << added.body;
  EXPECT_EQ(added.text("id"), "backup-recipient-rights");
  EXPECT_EQ(scene.call("DELETE", "/api/v1/backup-recipients/mine").status, 403);
}

TEST(BackupRoutes, SayWhereNoBackupsAreMade) {
  ApiScene scene;
  const Answer made = scene.post("/api/v1/backups", "{}");
  EXPECT_EQ(made.status, 503) << made.body;
  EXPECT_EQ(made.text("id"), "backup-none");
}

}  // namespace
}  // namespace certstead

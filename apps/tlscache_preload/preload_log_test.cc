#include "preload_log.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temp_dir.h"

namespace certstead {
namespace {

class Logged : public testing::Test {
 protected:
  Logged() { log_.open(file_); }
  std::string text() const {
    const Result<std::string> read = read_text_file(file_);
    return read ? *read : read.error().detail;
  }
  bool has(const std::string& part) const { return text().find(part) != std::string::npos; }

  TempDir dir_;
  const std::string file_ = (dir_.path() / "log").string();
  PreloadLog log_;
};

// The log of look-ups writes many lines a second; trouble must not go under in it.
TEST_F(Logged, TroubleIsWrittenAlsoInASecondWithLinesThatWereAskedFor) {
  for (int i = 0; i < 100; ++i) log_.info("tlscache.lookup", {{"line", "request " + std::to_string(i)}});
  log_.error("tlscache.failed", {{"name", "www.example.test"}});
  EXPECT_TRUE(has("request 0\"")) << text();
  EXPECT_TRUE(has("request 99\"")) << text();
  EXPECT_TRUE(has("tlscache.failed name=\"www.example.test\"")) << text();
}

// A thousand lines take far less than a thousand seconds, so most of them fall into the second of another.
TEST_F(Logged, TroubleTakesALineASecondAndTheNextLineCountsTheRest) {
  for (int i = 0; i < 1000; ++i) log_.error("tlscache.failed");
  log_.info("tlscache.open");
  EXPECT_TRUE(has("dropped=")) << text();
  EXPECT_LT(text().size(), 50'000U);
}

}  // namespace
}  // namespace certstead

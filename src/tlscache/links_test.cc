#include <gtest/gtest.h>

#include <string>

#include "base/program.h"

namespace certstead {
namespace {

TEST(Links, TheModuleNeedsNeitherBoostNorFmtNorSpdlog) {
  const auto ldd = run_program({"ldd", TLSCACHE_LINKS}, {});
  ASSERT_TRUE(ldd) << ldd.error().detail;
  const std::string& libraries = ldd->output;
  ASSERT_NE(libraries.find("libssl"), std::string::npos) << libraries;
  for (const char* unwanted : {"boost", "fmt", "spdlog", "curl", "nghttp2", "sqlite"}) {
    EXPECT_EQ(libraries.find(unwanted), std::string::npos) << unwanted << " in\n" << libraries;
  }
}

}  // namespace
}  // namespace certstead

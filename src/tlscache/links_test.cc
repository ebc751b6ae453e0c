#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>

namespace certstead {
namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
  std::string out;
  char buffer[4096];
  while (pipe != nullptr && std::fgets(buffer, sizeof buffer, pipe.get()) != nullptr) out += buffer;
  return out;
}

TEST(Links, TheModuleNeedsNeitherBoostNorFmtNorSpdlog) {
  const std::string libraries = output_of("ldd '" TLSCACHE_LINKS "'");
  ASSERT_NE(libraries.find("libssl"), std::string::npos) << libraries;
  for (const char* unwanted : {"boost", "fmt", "spdlog", "curl", "nghttp2", "sqlite"}) {
    EXPECT_EQ(libraries.find(unwanted), std::string::npos) << unwanted << " in\n" << libraries;
  }
}

}  // namespace
}  // namespace certstead

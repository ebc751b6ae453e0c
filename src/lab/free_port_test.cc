#include "lab/free_port.h"

#include <gmock/gmock.h>

#include <set>

namespace certstead {
namespace {

TEST(FreePorts, AreAsManyAsAskedForAndAllDifferent) {
  const auto ports = free_ports(8);
  ASSERT_TRUE(ports) << ports.error().detail;
  const std::set<std::uint16_t> different(ports->begin(), ports->end());
  EXPECT_EQ(different.size(), 8U);
  EXPECT_FALSE(different.contains(0));
}

}  // namespace
}  // namespace certstead

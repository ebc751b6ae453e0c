#include "crypto/random.h"

#include <gtest/gtest.h>

#include <set>

#include "base/encoding.h"

namespace certstead {
namespace {

TEST(Random, GivesTheLengthAskedForAndNeverTheSame) {
  EXPECT_TRUE(random_bytes(0).empty());
  EXPECT_EQ(random_secret(48).size(), 48U);
  std::set<Bytes> seen;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(random_bytes(16)).second);
}

TEST(Random, IdsAreBase64UrlOf16Bytes) {
  const std::string id = random_id();
  EXPECT_EQ(id.size(), 22U);
  EXPECT_EQ(base64url_decode(id).value().size(), 16U);
  EXPECT_NE(id, random_id());
}

}  // namespace
}  // namespace certstead

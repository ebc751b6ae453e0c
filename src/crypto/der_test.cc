#include "crypto/der.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace certstead {
namespace {

Bytes hex(std::string_view text) { return hex_decode(text).value(); }

TEST(Der, WalksThroughNestedElements) {
  const Bytes der = hex("3006020105040161");
  DerReader outer(der);
  DerReader inner(outer.take(kDerSequence).value());
  EXPECT_TRUE(outer.at_end());
  EXPECT_TRUE(inner.next_is(kDerInteger));
  EXPECT_FALSE(inner.take_number(4));
  EXPECT_TRUE(inner.take_number(5));
  EXPECT_EQ(view_text(inner.take(kDerOctetString).value()), "a");
  EXPECT_TRUE(inner.at_end());
  EXPECT_FALSE(inner.next_is(kDerInteger));
}

TEST(Der, TakesLongLengthsInTheShortestFormOnly) {
  Bytes long_one = hex("048180");
  long_one.resize(3 + 128);
  EXPECT_EQ(DerReader(long_one).take(kDerOctetString).value().size(), 128U);
  // Too long a form, a leading zero, no definite length, more octets than anybody needs.
  for (const char* bad : {"04810161", "0482000161", "048061610000", "04850000000001", "04ff"}) {
    const Bytes der = hex(bad);
    EXPECT_FALSE(DerReader(der).take(kDerOctetString)) << bad;
  }
}

TEST(Der, RefusesWhatIsCutOffAndConsumesNothingThen) {
  const Bytes der = hex("04026161");
  for (std::size_t length = 0; length < der.size(); ++length) {
    DerReader reader(BytesView(der).first(length));
    EXPECT_FALSE(reader.take(kDerOctetString));
    EXPECT_EQ(reader.rest().size(), length);
  }
}

TEST(Der, TakesPositiveNumbersInTheShortestFormOnly) {
  for (const auto& [der, number] : std::vector<std::pair<const char*, const char*>>{
           {"020100", "00"}, {"02017f", "7f"}, {"02020080", "80"}, {"02020100", "0100"}}) {
    const Bytes bytes = hex(der);
    DerReader reader(bytes);
    const auto magnitude = reader.take_unsigned();
    ASSERT_TRUE(magnitude) << der;
    EXPECT_EQ(hex_encode(*magnitude), number);
  }
  for (const char* bad : {"0200", "020180", "0202007f", "0202ff80", "0402aaaa"}) {
    const Bytes bytes = hex(bad);
    DerReader reader(bytes);
    EXPECT_FALSE(reader.take_unsigned()) << bad;
    EXPECT_EQ(reader.rest().size(), bytes.size());
  }
}

}  // namespace
}  // namespace certstead

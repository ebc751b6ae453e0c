#include "crypto/signature.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace certstead {
namespace {

Bytes hex(std::string_view text) { return hex_decode(text).value(); }

TEST(EcdsaSignature, KeepsLeadingZerosInThePairOnly) {
  for (const auto& [der, pair] : std::vector<std::pair<const char*, const char*>>{
           {"3006020101020102", "0000000100000002"},
           {"300802020080020200ff", "00000080000000ff"},
           {"300c02040102030402047fffffff", "010203047fffffff"},
           {"300e020500ffffffff020500ffffffff", "ffffffffffffffff"}}) {
    EXPECT_EQ(hex_encode(ecdsa_der_to_pair(hex(der), 4).value()), pair);
    EXPECT_EQ(hex_encode(ecdsa_pair_to_der(hex(pair), 4).value()), der);
  }
}

TEST(EcdsaSignature, RefusesNumbersThatAreTooLongNegativeOrFollowed) {
  for (const char* bad : {"", "3006020501010101010102", "300b02050101010101020102", "3006020181020102",
                          "300602010102010200", "3003020101", "300702010102010200", "300702020001020102"}) {
    EXPECT_FALSE(ecdsa_der_to_pair(hex(bad), 4)) << bad;
  }
  EXPECT_FALSE(ecdsa_pair_to_der(hex("000000010000"), 4));
  EXPECT_FALSE(ecdsa_pair_to_der({}, 0));
}

}  // namespace
}  // namespace certstead

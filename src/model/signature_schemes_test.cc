#include "model/signature_schemes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certstead {
namespace {

using testing::ElementsAre;

TEST(SignatureSchemes, HaveTheNamesOfTlsAndOfOpensslAndNumbers) {
  EXPECT_THAT(parse_signature_schemes("ecdsa_secp256r1_sha256,RSA-PSS+SHA384:0x0401").value(),
              ElementsAre(0x0403, 0x0805, 0x0401));
  EXPECT_THAT(parse_signature_schemes("ECDSA+SHA256:ECDSA+SHA256").value(), ElementsAre(0x0403));
}

TEST(SignatureSchemes, KindsStandForAllOfTheirs) {
  EXPECT_THAT(parse_signature_schemes("ecdsa").value(), ElementsAre(0x0403, 0x0503, 0x0603));
  EXPECT_EQ(parse_signature_schemes("rsa, ecdsa").value().size(), 9U);
}

TEST(SignatureSchemes, AnythingElseIsNamed) {
  for (const char* bad : {"", "dsa", "0x40", "0x04030", "0xzzzz", "ecdsa,,rsa"}) {
    EXPECT_EQ(parse_signature_schemes(bad).error().id, "bad-sigalgs") << bad;
  }
}

}  // namespace
}  // namespace certstead

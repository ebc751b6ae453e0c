#include "tlscache/lookup_log.h"

#include <gtest/gtest.h>

namespace certstead {
namespace {

ClientHello hello(std::vector<std::uint16_t> algorithms) {
  ClientHello out;
  out.signature_algorithms = std::move(algorithms);
  return out;
}

TEST(LookupLog, DefaultListOfAnOpenSsl3ClientIs78) {
  const AlgorithmMasks masks = algorithm_masks(
      hello({0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805,
             0x0806, 0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0302, 0x0402, 0x0502, 0x0602}));
  EXPECT_EQ(masks, (AlgorithmMasks{0x78, 0x78}));
}

TEST(LookupLog, EachHashHasItsBit) {
  EXPECT_EQ(algorithm_masks(hello({0x0201})), (AlgorithmMasks{0x04, 0}));
  EXPECT_EQ(algorithm_masks(hello({0x0403})), (AlgorithmMasks{0, 0x10}));
  EXPECT_EQ(algorithm_masks(hello({0x0805})), (AlgorithmMasks{0x20, 0}));
  EXPECT_EQ(algorithm_masks(hello({0x080b})), (AlgorithmMasks{0x40, 0}));
  EXPECT_EQ(algorithm_masks(hello({0x0807, 0xfefe, 0x0402, 0xff01})), (AlgorithmMasks{0, 0}));
  EXPECT_EQ(algorithm_masks(ClientHello{}), (AlgorithmMasks{0, 0}));
}

TEST(LookupLog, ClientWithoutAlgorithmsIsAskedWith0AndAnsweredWith1) {
  const ServePolicy policy{.protocol = "smtp"};
  EXPECT_EQ(request_line(policy, "keyfile.kyr", ClientHello{}),
            "TLSCache-Log-smtp: CacheLookupRequest -> Host/Tag: [keyfile.kyr] RSAHashAlgs: 0x0, "
            "ECDSAHashAlgs: 0x0, Key: 1, Cert: 1, OCSP: 0 TrustPolicy: 0 DNList: 0");
  Selection selection{Outcome::kChosen, MatchReason::kDefault, {}};
  selection.credential.key_type = KeyType::kRsa4096;
  EXPECT_EQ(result_line(policy, "keyfile.kyr", ClientHello{}, selection),
            "TLSCache-Log-smtp: CacheLookupResult: [keyfile.kyr] -> [RSA 4096] Flags: 0x0, RSAHashAlgs: 0x1, "
            "ECDSAHashAlgs: 0x1, DefaultAssigned: 1, Match: default -> Err: 0x0");
}

TEST(LookupLog, MissesSayWhatIsWrong) {
  const auto line = [](Outcome outcome) {
    return result_line({}, "a.test", hello({0x0403}), {outcome, MatchReason::kNone, {}});
  };
  EXPECT_NE(line(Outcome::kUnknownName).find("-> [] "), std::string::npos);
  EXPECT_TRUE(line(Outcome::kUnknownName).ends_with("Err: 0x1"));
  EXPECT_TRUE(line(Outcome::kUnusable).ends_with("Err: 0x2"));
}

TEST(LookupLog, ForeignBytesInTheNameStayOnTheLine) {
  const std::string line = request_line({}, "a\nb\x1b[2J", ClientHello{});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace certstead

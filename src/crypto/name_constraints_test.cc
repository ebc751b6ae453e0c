#include "crypto/name_constraints.h"

#include <gtest/gtest.h>

#include "crypto/to_be_signed.h"

namespace certstead {
namespace {

DnsConstraints limits(std::vector<std::string> permitted, std::vector<std::string> excluded = {}) {
  const bool limited = !permitted.empty();
  return {limited, std::move(permitted), std::move(excluded)};
}

TEST(NameConstraints, TreeIsTheNameAndAllBelowIt) {
  const DnsConstraints tree = limits({"a.test"});
  for (const char* name : {"a.test", "x.a.test", "x.y.a.test", "*.a.test"})
    EXPECT_TRUE(tree.allow(name)) << name;
  for (const char* name : {"test", "xa.test", "a.test.b", "*.test", "b.test"})
    EXPECT_FALSE(tree.allow(name)) << name;
}

TEST(NameConstraints, LeadingDotMeansBelowOnly) {
  const DnsConstraints below = limits({".a.test"});
  EXPECT_TRUE(below.allow("x.a.test"));
  EXPECT_TRUE(below.allow("*.a.test"));
  EXPECT_FALSE(below.allow("a.test"));
}

TEST(NameConstraints, ExclusionWinsAndCountsForWildcardsThatCoverIt) {
  const DnsConstraints both = limits({"a.test"}, {"secret.a.test"});
  EXPECT_TRUE(both.allow("www.a.test"));
  EXPECT_FALSE(both.allow("secret.a.test"));
  EXPECT_FALSE(both.allow("x.secret.a.test"));
  EXPECT_FALSE(both.allow("*.a.test")) << "it covers secret.a.test";
  EXPECT_TRUE(both.allow("*.b.a.test"));
  EXPECT_FALSE(limits({}, {""}).allow("a.test")) << "the empty tree is everything";
}

TEST(NameConstraints, AreReadFromTheCertificate) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  CertificateContent content{.serial = random_serial(),
                             .common_name = "Limited",
                             .dns_names = {},
                             .public_key = key.public_key(),
                             .not_before = from_unix_seconds(1'700'000'000),
                             .not_after = from_unix_seconds(2'700'000'000),
                             .is_ca = true,
                             .permitted = {"a.test", "b.test"}};
  const auto make = [&] {
    return Certificate::from_der(
               sign_encoded(encode_certificate(content, signer_of("Limited", key)), key).value())
        .value();
  };
  const DnsConstraints read = dns_constraints_of(make()).value();
  EXPECT_TRUE(read.limited);
  EXPECT_EQ(read.permitted, (std::vector<std::string>{"a.test", "b.test"}));
  content.permitted.clear();
  EXPECT_TRUE(dns_constraints_of(make()).value().allow("anything.test"));
}

}  // namespace
}  // namespace certstead

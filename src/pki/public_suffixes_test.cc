#include "pki/public_suffixes.h"

#include <gtest/gtest.h>

namespace certstead {
namespace {

TEST(PublicSuffixes, FindTheRegisteredDomainInALabels) {
  const PublicSuffixes suffixes;
  const std::vector<std::pair<std::string, std::string>> table = {
      {"www.example.com", "example.com"},
      {"example.com", "example.com"},
      {"a.b.c.example.co.uk", "example.co.uk"},
      {"www.xn--bcher-kva.de", "xn--bcher-kva.de"},
      {"www.xn--55qx5d.cn", "www.xn--55qx5d.cn"},  // a suffix that is itself an IDN
      {"a.www.xn--55qx5d.cn", "www.xn--55qx5d.cn"},
      {"host.someone.github.io", "someone.github.io"},
      {"a.www.ck", "www.ck"},  // an exception to a wildcard rule
      {"a.b.something.ck", "b.something.ck"},
      {"www.example.test", "example.test"},  // not in the list: the last label counts as one
      {"co.uk", "co.uk"},
      {"localhost", "localhost"}};
  for (const auto& [name, registered] : table)
    EXPECT_EQ(suffixes.registered_domain(DomainName::parse(name).value()), registered) << name;
}

}  // namespace
}  // namespace certstead

#include "net/egress_policy.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"

namespace certstead {
namespace {

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }

TEST(EgressPolicy, SpecialAddressesAreRefusedByDefault) {
  for (const char* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.1",
                           "100.64.0.1",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.254",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.168.1.1",
                           "198.18.0.1",
                           "198.51.100.1",
                           "203.0.113.1",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.1.2.3",
                           "::ffff:169.254.169.254",
                           "::127.0.0.1",
                           "64:ff9b::127.0.0.1",
                           "64:ff9b::a9fe:a9fe",
                           "64:ff9b::10.0.0.1",
                           "64:ff9b:1::8.8.8.8",
                           "2002:7f00:1::1",
                           "2002:a00:1::",
                           "fe80::1",
                           "fec0::1",
                           "fc00::1",
                           "fd12:3456::1",
                           "ff02::1",
                           "2001:db8::1",
                           "2001::1",
                           "2001:20::1",
                           "100::1",
                           "3fff::1",
                           "4000::1"}) {
    EXPECT_FALSE(EgressPolicy().allows(ip(text))) << text;
  }
}

TEST(EgressPolicy, PublicAddressesPass) {
  for (const char* text :
       {"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "2606:4700::1111",
        "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
    EXPECT_TRUE(EgressPolicy().allows(ip(text))) << text;
  }
}

TEST(EgressPolicy, AllowedBlocksAddToThePublicOnes) {
  const auto policy = EgressPolicy::with_allowed({"10.1.0.0/16", "::1"});
  ASSERT_TRUE(policy);
  EXPECT_TRUE(policy->allows(ip("10.1.2.3")));
  EXPECT_TRUE(policy->allows(ip("::ffff:10.1.2.3")));
  EXPECT_TRUE(policy->allows(ip("::1")));
  EXPECT_TRUE(policy->allows(ip("8.8.8.8")));
  EXPECT_FALSE(policy->allows(ip("10.2.0.1")));
  EXPECT_FALSE(policy->allows(ip("127.0.0.1")));
}

TEST(EgressPolicy, BadBlocksAreNamed) {
  for (const char* text :
       {"10.0.0.0/33", "10.0.0.1/8", "10.0.0/8", "x", "::/129", "10.0.0.0/", "10.0.0.0/-1"}) {
    const auto policy = EgressPolicy::with_allowed({text});
    ASSERT_FALSE(policy) << text;
    EXPECT_EQ(policy.error().code, Code::kInvalid);
  }
}

TEST(Egress, NoOtherFileTransfersAnything) {
  // Tests run in the root of the source tree.
  int places = 0;
  for (const char* part : {"src", "apps", "include"}) {
    if (!std::filesystem::exists(part)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(part)) {
      const std::string name = entry.path().filename();
      if (!entry.is_regular_file() || name.ends_with("_test.cc") || name == "README.md") continue;
      const std::string text = *read_text_file(entry.path(), std::size_t{256} << 20);
      for (const char* call : {"curl_easy_perform", "curl_multi_perform", "curl_multi_socket_action"}) {
        if (text.find(call) == std::string::npos) continue;
        ++places;
        EXPECT_TRUE(name == "egress.cc" || name == "smtp_egress.cc") << entry.path();
      }
    }
  }
  EXPECT_EQ(places, 2);
}

TEST(IpAddress, OnlyPlainSpellingsAreRead) {
  for (const char* text :
       {"127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "1.2.3.4 ", "[::1]", "fe80::1%eth0", ""}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
  EXPECT_EQ(ip("2001:0DB8::0:1").text(), "2001:db8::1");
  EXPECT_EQ(ip("2001:db8:1:2:3:4:5:6").network(), ip("2001:db8:1:2::"));
}

}  // namespace
}  // namespace certstead

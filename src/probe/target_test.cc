#include "probe/target.h"

#include <gtest/gtest.h>

namespace certstead {
namespace {

TEST(ProbeTarget, ProtocolsBringTheirOwnPort) {
  EXPECT_EQ(parse_target("https://www.example.test")->port, 443);
  EXPECT_EQ(parse_target("https://www.example.test/")->port, 443);
  EXPECT_EQ(parse_target("imaps://mail.example.test")->port, 993);
  const Result<ProbeRequest> mail = parse_target("smtp+starttls://mail.example.test");
  EXPECT_EQ(mail->port, 25);
  EXPECT_EQ(mail->starttls, StartTls::kSmtp);
  EXPECT_EQ(parse_target("postgres+starttls://db.example.test")->port, 5432);
}

TEST(ProbeTarget, TheNameAskedForIsTheHostUnlessItIsAnAddress) {
  EXPECT_EQ(parse_target("https://www.example.test:8443")->server_name, "www.example.test");
  EXPECT_EQ(parse_target("https://127.0.0.1:8443")->server_name, "");
  EXPECT_EQ(parse_target("tls://[::1]:8443")->server_name, "");
  const Result<ProbeRequest> named = parse_target("https://[::1]:8443?name=www.example.test");
  EXPECT_EQ(named->server_name, "www.example.test");
  EXPECT_EQ(named->host, "[::1]");
  EXPECT_EQ(named->port, 8443);
}

TEST(ProbeTarget, IdnsAreAskedForInALabels) {
  const Result<ProbeRequest> host = parse_target(
      "https://B\xc3\xbc"
      "cher.example.test:8443");
  EXPECT_EQ(host->host, "xn--bcher-kva.example.test");
  EXPECT_EQ(host->server_name, "xn--bcher-kva.example.test");
  const Result<ProbeRequest> named = parse_target(
      "https://[::1]?name=b\xc3\xbc"
      "cher.example.test");
  EXPECT_EQ(named->server_name, "xn--bcher-kva.example.test");
  EXPECT_EQ(name_in_handshake("under_score.test").value(), "under_score.test");
  EXPECT_FALSE(name_in_handshake("b\xc3\xbc_x.test"));
}

TEST(ProbeTarget, WhatIsNoTargetIsRefusedWithASentence) {
  for (const char* wrong :
       {"", "www.example.test", "http://www.example.test", "tls://www.example.test", "https://",
        "https://:443", "https://a.test:0", "https://a.test:70000", "https://a.test/path",
        "https://user@a.test", "https://a.test?sni=b", "https://a.test?name=", "gopher+starttls://a.test"}) {
    const Result<ProbeRequest> read = parse_target(wrong);
    ASSERT_FALSE(read) << wrong;
    EXPECT_EQ(read.error().id, "probe-target") << wrong;
    EXPECT_FALSE(read.error().detail.empty());
  }
}

}  // namespace
}  // namespace certstead

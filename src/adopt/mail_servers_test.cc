#include <gmock/gmock.h>

#include "adopt/fake_tree.h"
#include "adopt/scan.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kKeyBlock = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
constexpr const char* kCertificateBlock = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

TEST(Postfix, FollowsVariablesAndContinuedLines) {
  FakeTree tree;
  tree.files["/etc/postfix/main.cf"] =
      "# main\nmydomain = example.test\nmyhostname = mail.$mydomain\ntls = /etc/tls\n"
      "smtpd_tls_cert_file = ${tls}/$(myhostname).pem\nsmtpd_tls_key_file = $smtpd_tls_cert_file\n"
      "smtpd_tls_eccert_file =\n# between\n  ${nothing?/no}${tls?/ec}.pem\nsmtpd_tls_eckey_file = /ec.key\n";
  const Findings found = scan_postfix(tree, {});
  ASSERT_THAT(found.found, SizeIs(2));
  EXPECT_EQ(found.found[0].name, "mail.example.test");
  EXPECT_THAT(found.found[0].certificate_files, ElementsAre("/etc/tls/mail.example.test.pem"));
  EXPECT_EQ(found.found[0].key_file, "");
  EXPECT_EQ(found.found[0].place, "/etc/postfix/main.cf:5");
  EXPECT_THAT(found.found[1].certificate_files, ElementsAre("/ec.pem"));
  EXPECT_EQ(found.found[1].key_file, "/ec.key");
}

TEST(Postfix, SplitsChainFilesAtTheirKeysAndReadsSniTables) {
  FakeTree tree;
  tree.files["/etc/postfix/main.cf"] =
      "myhostname = mx.test\nsmtpd_tls_cert_file = /unused.pem\n"
      "smtpd_tls_chain_files = /rsa.key, /rsa.pem, /ec-all.pem, /gone.pem\n"
      "tls_server_sni_maps = hash:/etc/postfix/sni, regexp:/x\n";
  tree.files["/etc/postfix/sni"] = "# names\n.shop.test /shop.pem\n";
  tree.files["/rsa.key"] = kKeyBlock;
  tree.files["/rsa.pem"] = kCertificateBlock;
  for (const char* all : {"/ec-all.pem", "/shop.pem"})
    tree.files[all] = std::string(kKeyBlock) + kCertificateBlock;
  const Findings found = scan_postfix(tree, {});
  ASSERT_THAT(found.found, SizeIs(3));
  EXPECT_EQ(found.found[0].key_file, "/rsa.key");
  EXPECT_THAT(found.found[0].certificate_files, ElementsAre("/rsa.pem"));
  EXPECT_THAT(found.found[1].certificate_files, ElementsAre("/ec-all.pem"));
  EXPECT_THAT(found.found[2].hosts, ElementsAre("shop.test", "*.shop.test"));
  EXPECT_EQ(found.found[2].place, "/etc/postfix/sni:2");
  ASSERT_THAT(found.skipped, SizeIs(2));
  EXPECT_THAT(found.skipped[0].reason, HasSubstr("/gone.pem"));
  EXPECT_THAT(found.skipped[1].reason, HasSubstr("regexp"));
}

TEST(Postfix, BearsVariablesThatGrowWithoutEnd) {
  FakeTree tree;
  std::string text = "a0 = xxxxxxxxxxxxxxxx\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "$a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + " = " + before + before + before + before + "\n";
  }
  tree.files["/etc/postfix/main.cf"] = text + "b = $b\nsmtpd_tls_cert_file = $a29$b\n";
  EXPECT_THAT(scan_postfix(tree, {}).found, SizeIs(1));
}

TEST(Postfix, SaysThatItDoesNotReadWhatIsSetForOneService) {
  FakeTree tree;
  tree.files["/etc/postfix/main.cf"] = "";
  tree.files["/etc/postfix/master.cf"] =
      "smtps inet n - y - - smtpd\n  -o smtpd_tls_cert_file=/x.pem\n# -o smtpd_tls_cert_file=/y\n";
  const Findings found = scan_postfix(tree, {});
  ASSERT_THAT(found.skipped, SizeIs(1));
  EXPECT_EQ(found.skipped[0].place, "/etc/postfix/master.cf:2");
}

TEST(Dovecot, ReadsNamesOfTheirOwnAndWhatTheyInherit) {
  FakeTree tree;
  tree.files["/etc/dovecot/dovecot.conf"] =
      "!include conf.d/*.conf\n!include_try local.conf\n!include gone.conf\n";
  tree.files["/etc/dovecot/conf.d/10-ssl.conf"] =
      "ssl_cert = </etc/a.pem\nssl_key = < a.key\nssl_key_password = </pw\n"
      "local_name \"imap.test pop.test\" {\n  ssl_cert = </imap.pem\n}\n"
      "local 10.0.0.1 {\n  protocol imap {\n    ssl_cert = </ten.pem\n    ssl_key = </ten.key\n  }\n}\n"
      "ssl_alt_cert = inline\n";
  const Findings found = scan_dovecot(tree, {});
  ASSERT_THAT(found.found, SizeIs(3));
  EXPECT_THAT(found.found[0].certificate_files, ElementsAre("/etc/a.pem"));
  EXPECT_EQ(found.found[0].key_file, "/etc/dovecot/conf.d/a.key");
  EXPECT_EQ(found.found[0].password_file, "/pw");
  EXPECT_EQ(found.found[0].name, "dovecot");
  EXPECT_THAT(found.found[1].hosts, ElementsAre("imap.test", "pop.test"));
  EXPECT_EQ(found.found[1].key_file, "/etc/dovecot/conf.d/a.key");
  EXPECT_EQ(found.found[1].place, "/etc/dovecot/conf.d/10-ssl.conf:5");
  EXPECT_EQ(found.found[2].key_file, "/ten.key");
  ASSERT_THAT(found.skipped, SizeIs(2));
  EXPECT_THAT(found.skipped[0].reason, HasSubstr("gone.conf"));
  EXPECT_THAT(found.skipped[1].reason, HasSubstr("names no file"));
}

TEST(Dovecot, KnowsTheSettingsOfItsNextVersion) {
  FakeTree tree;
  tree.files["/etc/dovecot/dovecot.conf"] =
      "ssl_server_cert_file = /new.pem\nssl_server_key_file = /new.key\nlocal_name a.test {\n "
      "ssl_server_cert_file = /a.pem\n}\n";
  const Findings found = scan_dovecot(tree, {});
  ASSERT_THAT(found.found, SizeIs(2));
  EXPECT_EQ(found.found[0].key_file, "/new.key");
  EXPECT_EQ(found.found[1].certificate_files.front(), "/a.pem");
  EXPECT_THAT(found.skipped, IsEmpty());
}

TEST(Dovecot, BearsBlocksThatNeverEnd) {
  FakeTree tree;
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "a {\nssl_cert = </x\n";
  tree.files["/etc/dovecot/dovecot.conf"] = text + "}\n}\n}\n";
  EXPECT_EQ(scan_dovecot(tree, {}).found.size(), Findings::kMost);
}

}  // namespace
}  // namespace certstead

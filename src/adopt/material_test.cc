#include "adopt/material.h"

#include <gmock/gmock.h>

#include "adopt/fake_tree.h"
#include "crypto/issue.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::string self_signed_pem(const PrivateKey& key, const std::string& name) {
  const Instant now = from_unix_seconds(1'800'000'000);
  return issue_certificate({.dns_names = {name},
                            .public_key = key.public_key(),
                            .not_before = now,
                            .not_after = now + std::chrono::days(90)},
                           key, {})
      .value()
      .to_pem();
}

FoundCredential finding(Program program, const std::string& certificate, const std::string& key) {
  FoundCredential out;
  out.program = program;
  out.name = program_name(program);
  out.place = certificate + ":1";
  out.certificate_files = {certificate};
  out.key_file = key;
  return out;
}

std::vector<FoundCredential> list(FoundCredential first, FoundCredential second) {
  std::vector<FoundCredential> out;
  out.push_back(std::move(first));
  out.push_back(std::move(second));
  return out;
}

TEST(Gather, PutsTheSameLeafOfSeveralProgramsTogether) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  FakeTree tree;
  tree.files["/fullchain.pem"] = self_signed_pem(key, "a.test");
  tree.files["/key.pem"] = to_text(key.to_pkcs8_pem().reveal());
  tree.files["/bundle.pem"] = tree.files["/key.pem"] + tree.files["/fullchain.pem"];
  FoundCredential certbot = finding(Program::kCertbot, "/fullchain.pem", "/key.pem");
  certbot.renewal.directory_url = "https://ca.test/dir";
  const auto all = gather(tree, list(finding(Program::kHaproxy, "/bundle.pem", ""), std::move(certbot)));
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].names, ElementsAre("a.test"));
  EXPECT_THAT(all[0].files, SizeIs(1));
  EXPECT_THAT(all[0].places, SizeIs(2));
  EXPECT_EQ(all[0].places[1].place, "/fullchain.pem:1");
  EXPECT_EQ(all[0].finding.renewal.directory_url, "https://ca.test/dir");
  EXPECT_EQ(*all[0].not_after, from_unix_seconds(1'800'000'000) + std::chrono::days(90));
}

TEST(Gather, TakesThePlaceFromWhichItCanBeRead) {
  const PrivateKey key = PrivateKey::generate(KeyType::kP256).value();
  FakeTree tree;
  tree.files["/a.pem"] = self_signed_pem(key, "a.test");
  tree.files["/a.key"] = to_text(key.to_pkcs8_pem().reveal());
  const auto all = gather(tree, list(finding(Program::kNginx, "/a.pem", "/gone.key"),
                                     finding(Program::kApache, "/a.pem", "/a.key")));
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].problem, "");
  EXPECT_EQ(all[0].finding.program, Program::kApache);
  EXPECT_EQ(all[0].places[0].program, Program::kNginx);
}

TEST(Gather, KeepsWhatCanNotBeReadWithItsReason) {
  FakeTree tree;
  tree.files["/a.pem"] = tree.files["/b.pem"] = "no certificate";
  tree.unreadable.insert("/a.key");
  const auto all = gather(
      tree, list(finding(Program::kNginx, "/a.pem", "/a.key"), finding(Program::kNginx, "/b.pem", "")));
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_THAT(all[0].problem, HasSubstr("Permission denied"));
  EXPECT_EQ(all[1].problem, "");  // what it is, the import says
}

TEST(Gather, ReadsEachLineOfAPasswordFile) {
  FakeTree tree;
  tree.files["/a.p12"] = "sealed";
  tree.files["/pw"] = "first\r\nsecond\n\n";
  FoundCredential one = finding(Program::kNginx, "/a.p12", "");
  one.password_file = "/pw";
  std::vector<FoundCredential> findings;
  findings.push_back(std::move(one));
  const auto all = gather(tree, std::move(findings));
  ASSERT_THAT(all[0].passwords, SizeIs(2));
  EXPECT_EQ(to_text(all[0].passwords[0].reveal()), "first");
}

TEST(Advice, NamesTheLineOrTheCommandOfEachProgram) {
  for (const Program program : kAllPrograms) {
    const std::string advice = advice_for({program, "a.test", "/etc/x.conf:7"}, FoundCredential{});
    const bool has_place = advice.find("/etc/x.conf:7") != std::string::npos;
    const bool has_name = advice.find("a.test") != std::string::npos;
    EXPECT_TRUE(has_place || has_name) << program_name(program);
  }
}

TEST(Programs, AreKnownByTheirNames) {
  for (const Program program : kAllPrograms) EXPECT_EQ(parse_program(program_name(program)).value(), program);
  EXPECT_THAT(parse_program("iis").error().detail, HasSubstr("certbot, lego, acme.sh"));
}

}  // namespace
}  // namespace certstead

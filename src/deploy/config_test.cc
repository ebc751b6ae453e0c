#include "deploy/config.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/temp_dir.h"
#include "deploy/config_dir.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kWhole = R"(
set = "www.example.test"
keys = ["ecdsa"]
layout = "certbot"
path = "/etc/letsencrypt"
owner = "root"
group = "ssl-cert"
mode = "0640"
check = ["nginx", "-t"]
reload = ["systemctl", "reload", "nginx"]
hook_seconds = 30
prove = ["https://www.example.test", "smtp+starttls://mail.example.test:25"]
)";

std::string refusal(std::string_view text) {
  const auto read = parse_deployment(text, "www", "www.toml");
  return read ? "taken" : read.error().detail;
}

TEST(DeployConfig, IsReadAsItStands) {
  const Deployment d = parse_deployment(kWhole, "www", "www.toml").value();
  EXPECT_EQ(d.set, "www.example.test");
  EXPECT_EQ(d.lineage, "www.example.test");
  EXPECT_EQ(d.layout, Layout::kCertbot);
  EXPECT_EQ(d.kinds, std::vector{KeyKind::kEcdsa});
  EXPECT_EQ(d.permissions.mode, 0640);
  EXPECT_EQ(d.permissions.public_mode, 0644);
  EXPECT_THAT(d.hooks.reload, ElementsAre("systemctl", "reload", "nginx"));
  EXPECT_EQ(d.hooks.limit, std::chrono::seconds(30));
  EXPECT_EQ(d.proofs.size(), 2U);
  EXPECT_EQ(d.digest.size(), 64U);
}

TEST(DeployConfig, ItsOwnTextIsReadAsTheSame) {
  Deployment d = parse_deployment(kWhole, "www", "www.toml").value();
  d.hooks.post = {"/usr/bin/logger", "a \"quoted\" \\ word\n"};
  const Deployment again = parse_deployment(deployment_text(d), "www", "www.toml").value();
  EXPECT_EQ(deployment_text(again), deployment_text(d));
  EXPECT_EQ(again.hooks.post, d.hooks.post);
}

TEST(DeployConfig, UnknownKeysAndWrongTypesNameTheLine) {
  EXPECT_THAT(refusal("set = \"a\"\nlayout = \"combined\"\ncommand = \"x\"\n"),
              HasSubstr("line 3: there is no setting 'command'"));
  EXPECT_THAT(refusal("set = \"a\"\nreload = \"systemctl reload nginx\"\n"),
              HasSubstr("line 2: 'reload': it must be a list"));
  EXPECT_THAT(refusal("set = \n"), HasSubstr("line 1"));
  EXPECT_THAT(refusal("set = \"a\"\nmode = \"0999\"\n"), HasSubstr("line 2: 'mode'"));
  EXPECT_THAT(refusal("set = \"a\"\nlayout = \"tar\"\n"),
              HasSubstr("certbot, combined, files, pkcs12, haproxy"));
}

TEST(DeployConfig, ATableWithoutANameIsRefused) {
  for (const char* const text : {"set = \"a\"\n[?]", "set = \"a\"\n[=", "set = \"a\"\n[[.b]]"})
    EXPECT_THAT(refusal(text), HasSubstr("www.toml, line 2: a line that begins with [")) << text;
}

TEST(DeployConfig, WhatMakesNoSenseIsRefused) {
  const std::string head = "set = \"a\"\nlayout = \"combined\"\npath = \"/etc/a.pem\"\n";
  EXPECT_EQ(refusal(head), "taken");
  EXPECT_THAT(refusal(head + "mode = \"0644\"\n"), HasSubstr("everybody read the private key"));
  EXPECT_THAT(refusal(head + "reload = [\"systemctl reload nginx\"]\n"), HasSubstr("no shell"));
  EXPECT_THAT(refusal(head + "prove = [\"http://a.test\"]\n"), HasSubstr("nothing to shake hands with"));
  EXPECT_THAT(refusal("set = \"a\"\npath = \"etc/a.pem\"\n"), HasSubstr("full path"));
  EXPECT_THAT(refusal("set = \"a\"\npath = \"/etc/../a.pem\"\n"), HasSubstr("full path"));
  EXPECT_THAT(refusal("path = \"/etc/a.pem\"\n"), HasSubstr("'set' is missing"));
  EXPECT_THAT(refusal("set = \"a\"\nlayout = \"files\"\nkey = \"/k\"\ncert = \"/k\"\n"),
              HasSubstr("same path"));
  EXPECT_THAT(refusal("set = \"a\"\nlayout = \"pkcs12\"\npath = \"/a.p12\"\n"), HasSubstr("password_file"));
  EXPECT_THAT(refusal("set = \"../a\"\nlayout = \"certbot\"\npath = \"/etc/letsencrypt\"\n"),
              HasSubstr("lineage"));
}

TEST(DeployConfig, NamesAreFileNames) {
  EXPECT_TRUE(check_deployment_name("www-1.example_a"));
  for (const char* wrong : {"", ".www", "a/b", "../a", "a b"})
    EXPECT_FALSE(check_deployment_name(wrong)) << wrong;
}

class DeployDir : public testing::Test {
 protected:
  Deployment www() { return parse_deployment(kWhole, "www", "www.toml").value(); }
  std::filesystem::path path() const { return dir_.path() / "deploy.d"; }
  TempDir dir_;
};

TEST_F(DeployDir, KeepsWhatIsAdded) {
  const DeployDirectory directory(path());
  EXPECT_TRUE(directory.list()->empty());
  ASSERT_TRUE(directory.add(www()));
  EXPECT_EQ(directory.add(www()).error().code, Code::kConflict);
  const auto files = directory.list();
  ASSERT_EQ(files->size(), 1U);
  EXPECT_EQ(files->front().deployment->set, "www.example.test");
  struct stat info {};
  ASSERT_EQ(::stat((path() / "www.toml").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0644U);
  EXPECT_TRUE(directory.remove("www"));
  EXPECT_EQ(directory.find("www").error().code, Code::kNotFound);
}

TEST_F(DeployDir, AFileThatOthersMayWriteIsNotRead) {
  const DeployDirectory directory(path());
  ASSERT_TRUE(directory.add(www()));
  ASSERT_EQ(::chmod((path() / "www.toml").c_str(), 0666), 0);
  EXPECT_EQ(directory.find("www").error().id, "deploy-config-owner");
  EXPECT_FALSE(directory.list()->front().deployment);
}

TEST_F(DeployDir, ADirectoryThatOthersMayWriteIsNotRead) {
  const DeployDirectory directory(path());
  ASSERT_TRUE(directory.add(www()));
  ASSERT_EQ(::chmod(path().c_str(), 0777), 0);
  EXPECT_EQ(directory.list().error().id, "deploy-config-owner");
  ASSERT_EQ(::chmod(path().c_str(), 0755), 0);
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  ASSERT_EQ(::chown(path().c_str(), 65534, 65534), 0);
  EXPECT_EQ(directory.list().error().id, "deploy-config-owner");
}

TEST_F(DeployDir, ALinkIsNoDeployment) {
  const DeployDirectory directory(path());
  ASSERT_TRUE(directory.add(www()));
  std::filesystem::create_symlink(path() / "www.toml", path() / "other.toml");
  EXPECT_FALSE(directory.find("other"));
}

}  // namespace
}  // namespace certstead

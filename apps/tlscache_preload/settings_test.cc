#include "settings.h"

#include <gtest/gtest.h>

#include <map>

namespace certstead {
namespace {

Result<PreloadSettings> read(const std::map<std::string, std::string>& values,
                             const std::string& program = "nginx") {
  return read_preload_settings(
      [&](const std::string& name) {
        const auto found = values.find(name);
        return found == values.end() ? std::string() : found->second;
      },
      program);
}

TEST(PreloadSettings, WithoutAViewTheProgramRunsAsWithoutUs) {
  EXPECT_EQ(read({})->view, "");
  EXPECT_EQ(read({{"TLSCACHE_VIEW", "/views/nginx"}, {"TLSCACHE_DISABLE", "1"}})->view, "");
}

TEST(PreloadSettings, OwnCertificateIsTheFallBackUnlessUnknownNamesAreRefused) {
  const auto policy = [](const std::string& text) { return read({{"TLSCACHE_ON_UNKNOWN", text}})->policy; };
  EXPECT_TRUE(policy("").own_certificate);
  EXPECT_EQ(policy("own").on_unknown_name, OnUnknownName::kRefuse);
  EXPECT_TRUE(policy("default").own_certificate);
  EXPECT_EQ(policy("default").on_unknown_name, OnUnknownName::kDefault);
  EXPECT_FALSE(policy("refuse").own_certificate);
}

TEST(PreloadSettings, DefaultIsThisMachineUnlessANameIsGiven) {
  EXPECT_EQ(read({})->policy.default_name, own_host_name());
  EXPECT_EQ(read({{"TLSCACHE_DEFAULT_NAME", "Mail.example.test."}})->policy.default_name,
            *DomainName::parse("mail.example.test"));
}

TEST(PreloadSettings, ProtocolFollowsFromTheProgramUnlessItIsNamed) {
  EXPECT_EQ(read({}, "nginx")->policy.protocol, "http");
  EXPECT_EQ(read({}, "smtpd")->policy.protocol, "smtp");
  EXPECT_EQ(read({}, "imap-login")->policy.protocol, "imap");
  EXPECT_EQ(read({{"TLSCACHE_PROTOCOL", "LDAP"}}, "nginx")->policy.protocol, "ldap");
}

TEST(PreloadSettings, ProgramsThatMakeContextsLateOpenTheViewAtTheirStart) {
  const auto at_start = [](const std::map<std::string, std::string>& values, const char* program) {
    return opens_at_start(
        [&](const std::string& name) { return values.contains(name) ? values.at(name) : std::string(); },
        program);
  };
  EXPECT_TRUE(at_start({{"TLSCACHE_VIEW", "/views/mail"}}, "imap-login"));
  EXPECT_FALSE(at_start({}, "imap-login"));
  EXPECT_FALSE(at_start({{"TLSCACHE_VIEW", "/views/mail"}}, "smtpd"));
  EXPECT_TRUE(at_start({{"TLSCACHE_VIEW", "/views/mail"}, {"TLSCACHE_OPEN", "start"}}, "smtpd"));
}

TEST(PreloadSettings, WhatCannotBeUnderstoodIsNamed) {
  for (const char* name : {"TLSCACHE_ON_UNKNOWN", "TLSCACHE_PREFER", "TLSCACHE_OPEN", "TLSCACHE_CACHE_BYTES",
                           "TLSCACHE_DEFAULT_NAME"}) {
    const auto settings = read({{name, "may be"}});
    ASSERT_FALSE(settings) << name;
    EXPECT_NE(settings.error().detail.find(name), std::string::npos) << settings.error().detail;
  }
  EXPECT_EQ(read({{"TLSCACHE_CACHE_BYTES", "1000000"}})->cache_bytes, 1000000U);
}

}  // namespace
}  // namespace certstead

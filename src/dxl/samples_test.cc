// The published documents, where the reference data is at hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "dxl/accounts.h"
#include "dxl/dxl.h"
#include "dxl/provider_config.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class Samples : public testing::Test {
 protected:
  // The documents of a file, or an empty list and a skipped test.
  std::vector<DxlDocument> read(const std::string& name) {
    const std::string path = "../shared/data/dxl/" + name;
    const Result<std::string> text = read_text_file(path);
    if (!text) {
      [&] { GTEST_SKIP() << "the reference data is not here: " << path; }();
      return {};
    }
    Result<std::vector<DxlDocument>> documents = parse_dxl(*text);
    if (documents) return std::move(*documents);
    ADD_FAILURE() << documents.error().detail;
    return {};
  }
};

TEST_F(Samples, CloudflareIsRead) {
  const auto documents = read("cloudflare.dxl");
  if (documents.empty()) return;
  const Result<DxlProviderConfig> config = DxlProviderConfig::from(documents[0]);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->name, "Cloudflare");
  EXPECT_EQ(config->delay_seconds, 20);
  EXPECT_EQ(config->steps[0].type, "G");
  EXPECT_THAT(config->steps[0].custom, HasSubstr("@SetField"));
  EXPECT_EQ(config->steps[4].type, "D");
  EXPECT_THAT(config->help, HasSubstr("\nDNS Zone:\n"));
  EXPECT_THAT(config->help, Not(HasSubstr("hidewhen")));
  EXPECT_EQ(config->settings.size(), 1u);
}

TEST_F(Samples, DesecKeepsItsLineEnds) {
  const auto documents = read("desec.dxl");
  if (documents.empty()) return;
  const Result<DxlProviderConfig> config = DxlProviderConfig::from(documents[0]);
  ASSERT_TRUE(config);
  EXPECT_THAT(config->steps[1].url, HasSubstr(";\ncfg_URL"));
}

TEST_F(Samples, PebbleLabHoldsThreeDocuments) {
  const auto documents = read("pebble_lab.dxl");
  if (documents.empty()) return;
  ASSERT_THAT(documents, SizeIs(3));
  EXPECT_TRUE(DxlProviderConfig::from(documents[0]));
  const Result<DxlProviderAccount> account = DxlProviderAccount::from(documents[1]);
  ASSERT_TRUE(account);
  EXPECT_THAT(account->domains, ElementsAre("pebble.lab"));
  EXPECT_THAT(account->unreadable, ElementsAre("cfg_AuthKey", "cfg_AuthToken", "cfg_Password"));
  const Result<DxlAcmeAccount> acme = DxlAcmeAccount::from(documents[2]);
  ASSERT_TRUE(acme);
  EXPECT_EQ(acme->directory_url, "https://127.0.0.1:14000/dir");
  EXPECT_TRUE(acme->agrees_to_terms);
}

TEST_F(Samples, TheDiagnosticChallengeIsRead) {
  const auto documents = read("diag_challenge.dxl");
  if (documents.empty()) return;
  const Result<DxlAcmeChallenge> challenge = DxlAcmeChallenge::from(documents[0]);
  ASSERT_TRUE(challenge);
  EXPECT_THAT(challenge->path, testing::EndsWith("/DOMINO-CertMgr-DiagChallenge-HTTP01"));
}

TEST_F(Samples, WhatIsWrittenReadsBackTheSame) {
  for (const std::string name : {"cloudflare.dxl", "desec.dxl", "pebble_lab.dxl", "diag_challenge.dxl"}) {
    const auto documents = read(name);
    if (documents.empty()) return;
    const auto again = parse_dxl(write_dxl(documents));
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(*again, documents) << name;
  }
}

}  // namespace
}  // namespace certstead

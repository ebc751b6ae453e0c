#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dxl/accounts.h"
#include "dxl/dxl.h"
#include "dxl/provider_config.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

template <class View>
Result<View> through_dxl(const View& view) {
  TRY(const std::vector<DxlDocument> documents, parse_dxl(write_dxl({view.to_document()})));
  return View::from(documents.at(0));
}

DxlProviderConfig some_config() {
  DxlProviderConfig config;
  config.name = "Somewhere";
  config.provider_name = "Some & Where";
  config.website = "https://example.test";
  config.documentation_url = "https://example.test/doc";
  config.reference_url = "https://example.test/ref";
  config.version = "1.2";
  config.author = "me";
  config.help = "First.\n\nSecond.";
  config.comments = "c";
  config.log = "l";
  config.status = "1";
  config.type = "H";
  config.tracing = "2";
  config.delay_seconds = 20;
  config.status_formula = "ret_AddStatus";
  for (DxlStep& step : config.steps) step = {"P", "cfg_URL", "\"A: b\"", "'{\"a\":1}'", "cfg_URL"};
  config.command_add = "a";
  config.command_del = "d";
  config.command_env = "e";
  config.agent_database = "x.nsf";
  config.agent_add = "aa";
  config.agent_del = "ad";
  DxlItem list{"cfg_Custom", DxlItem::Kind::kText, {"a", "b"}, {}, false};
  DxlItem number{"cfg_TTL", DxlItem::Kind::kNumber, {}, {60}, false};
  config.settings = {{"cfg_Custom", list}, {"cfg_TTL", number}};
  config.attachments = {{"add.sh", to_bytes("x")}};
  return config;
}

TEST(ProviderConfig, SurvivesTheRoundTripWithEveryItem) {
  const Result<DxlProviderConfig> again = through_dxl(some_config());
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, some_config());
}

TEST(ProviderConfig, AcceptsTheNewerNamesOfAgents) {
  DxlDocument document = some_config().to_document();
  std::erase_if(document.items, [](const DxlItem& item) { return item.name.starts_with("AgentName"); });
  document.add_text("AgentAddName", "new add");
  document.add_text("AgentDelName", "new del");
  const Result<DxlProviderConfig> read = DxlProviderConfig::from(document);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->agent_add, "new add");
  EXPECT_EQ(read->agent_del, "new del");
}

TEST(ProviderConfig, NeedsItsFormAndItsName) {
  DxlDocument document = some_config().to_document();
  document.form = "Memo";
  EXPECT_THAT(DxlProviderConfig::from(document).error().detail, HasSubstr("'Memo'"));
  DxlDocument nameless;
  nameless.form = "DnsProviderConfig";
  EXPECT_THAT(DxlProviderConfig::from(nameless).error().detail, HasSubstr("DnsProviderConfigName"));
}

TEST(ProviderAccount, SurvivesTheRoundTripAndNamesWhatIsSealed) {
  DxlProviderAccount account;
  account.domains = {"example.test", "example.net"};
  account.account_name = "main";
  account.config_name = "Somewhere";
  account.settings = {{"cfg_DnsZone", "z1"}};
  account.unreadable = {"cfg_AuthKey", "cfg_AuthToken"};
  const Result<DxlProviderAccount> again = through_dxl(account);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, account);
}

TEST(ProviderAccount, LeavesEmptySettingsOut) {
  DxlDocument document;
  document.form = "DnsProvider";
  document.add_text("RegisteredDomain", "example.test");
  document.add_text("DnsProviderConfigName", "S");
  document.add_text("cfg_DnsZone", "");
  document.add_text("CFG_UserName", "u");
  const Result<DxlProviderAccount> read = DxlProviderAccount::from(document);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->enabled);
  EXPECT_THAT(read->settings, ElementsAre(Pair("CFG_UserName", "u")));
}

TEST(AcmeAccount, SurvivesTheRoundTripButForItsKey) {
  DxlAcmeAccount account;
  account.name = "LE";
  account.directory_url = "https://acme.example.test/dir";
  account.email = "a@example.test";
  account.kid = "k";
  account.eab_kid = "e";
  account.agrees_to_terms = true;
  account.alternate_chain_suffix = "/1";
  account.key_algorithm = "E";
  account.key_curve = "P256";
  const Result<DxlAcmeAccount> again = through_dxl(account);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, account);
}

TEST(AcmeChallenge, SurvivesTheRoundTrip) {
  const DxlAcmeChallenge challenge{"/.well-known/acme-challenge/tok", "tok.thumb"};
  const Result<DxlAcmeChallenge> again = through_dxl(challenge);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, challenge);
  EXPECT_FALSE(through_dxl(DxlAcmeChallenge{"/etc/passwd", "x"}));
}

}  // namespace
}  // namespace certstead

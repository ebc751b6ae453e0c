#include "dns/dxl_companions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dns/dxl_fixture_testing.h"
#include "dxl/accounts.h"

namespace certstead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

DxlProviderAccount account(const std::string& name) {
  DxlProviderAccount out;
  out.account_name = name;
  out.domains = {"example.test"};
  out.config_name = "Zonewise";
  out.settings = {{"cfg_DnsZone", "z 1"}, {"cfg_authtoken", "readable-secret"}, {"cfg_Unknown", "x"}};
  return out;
}

DnsCompanions read(const std::vector<DxlDocument>& documents, const std::string& name = "") {
  auto found = dxl_companions({name, "dxl", write_dxl(documents), "", {}, 0}, {});
  EXPECT_TRUE(found) << found.error().detail;
  return std::move(*found);
}

TEST(DxlCompanions, AnAccountIsReadByTheNamesOfTheConfigurationAndItsSecretsAreApart) {
  DxlProviderAccount other = account("other");
  other.config_name = "Other";
  const DnsCompanions found =
      read({zonewise().to_document(), account("O'Hara's").to_document(), other.to_document()}, "Mine");
  ASSERT_THAT(found.accounts, SizeIs(1));
  const DnsAccountDraft& draft = found.accounts[0];
  EXPECT_EQ(draft.name, "O-Hara-s");
  EXPECT_THAT(draft.domains, ElementsAre("example.test"));
  EXPECT_THAT(draft.settings, ElementsAre(std::pair<const std::string, std::string>("cfg_DnsZone", "z 1")));
  ASSERT_EQ(draft.secrets.count("cfg_AuthToken"), 1U);
  EXPECT_EQ(view_text(draft.secrets.at("cfg_AuthToken").reveal()), "readable-secret");
  EXPECT_TRUE(draft.enabled);
  EXPECT_EQ(draft.command,
            "certstead dns add O-Hara-s --provider Mine -d example.test --set 'cfg_DnsZone=z 1' --secret "
            "cfg_AuthToken=@FILE");
  ASSERT_THAT(found.notes, SizeIs(1));
  EXPECT_THAT(found.notes[0], HasSubstr("provider Other"));
}

TEST(DxlCompanions, ASealedValueIsUnreadableWhereTheFormulasReadIt) {
  DxlProviderAccount sealed = account("");
  sealed.settings.clear();
  sealed.unreadable = {"cfg_AuthToken", "cfg_Password"};
  sealed.enabled = false;
  const DnsCompanions found = read({zonewise().to_document(), sealed.to_document()});
  ASSERT_THAT(found.accounts, SizeIs(1));
  EXPECT_EQ(found.accounts[0].name, "example.test");
  EXPECT_THAT(found.accounts[0].unreadable, ElementsAre("cfg_AuthToken"));
  EXPECT_THAT(found.accounts[0].secrets, IsEmpty());
  EXPECT_FALSE(found.accounts[0].enabled);
  EXPECT_THAT(found.accounts[0].command, HasSubstr("--secret cfg_AuthToken=@FILE"));
}

TEST(DxlCompanions, TheTextThatIsKeptHoldsTheConfigurationsAlone) {
  const std::string alone = write_dxl({zonewise().to_document()});
  EXPECT_EQ(read({zonewise().to_document()}).text, alone);
  DxlProviderConfig other = zonewise();
  other.name = "Other";
  const DnsCompanions found =
      read({zonewise().to_document(), account("a").to_document(), other.to_document()}, "Zonewise");
  EXPECT_EQ(found.text, write_dxl({zonewise().to_document(), other.to_document()}));
  EXPECT_THAT(found.text, Not(HasSubstr("readable-secret")));
}

TEST(DxlCompanions, AnAccountAloneIsAtAConfigurationThatWasImportedBefore) {
  DxlProviderAccount other = account("other");
  other.config_name = "Other";
  const std::string text = write_dxl({account("main").to_document(), other.to_document(),
                                      DxlAcmeChallenge{"/.well-known/acme-challenge/x", "y"}.to_document()});
  const std::vector<DnsDefinition> known = {
      {"broken", "dxl", "<nothing", "", {}, 0},
      {"recipe", "recipe", "", "", {}, 0},
      {"Mine", "dxl", write_dxl({zonewise().to_document()}), "", {}, 0}};
  const auto found = dxl_companions({"", "dxl", text, "", {}, 0}, known);
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_FALSE(found->has_definition);
  ASSERT_THAT(found->accounts, SizeIs(1));
  EXPECT_EQ(found->accounts[0].provider, "Mine");
  EXPECT_EQ(found->accounts[0].secrets.count("cfg_AuthToken"), 1U);
  EXPECT_THAT(found->accounts[0].command, HasSubstr("--provider Mine"));
  ASSERT_THAT(found->notes, SizeIs(2));
  EXPECT_THAT(found->notes[0], HasSubstr("provider Other"));
  EXPECT_THAT(found->notes[1], HasSubstr("/.well-known/acme-challenge/x"));
  EXPECT_THAT(found->text, Not(HasSubstr("readable-secret")));
}

TEST(DxlCompanions, TheConfigurationInTheFileComesBeforeOneThatWasImported) {
  const DnsDefinition older{"Older", "dxl", write_dxl({zonewise().to_document()}), "", {}, 0};
  const auto found = dxl_companions(
      {"", "dxl", write_dxl({zonewise().to_document(), account("main").to_document()}), "", {}, 0},
      std::span(&older, 1));
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_TRUE(found->has_definition);
  ASSERT_THAT(found->accounts, SizeIs(1));
  EXPECT_EQ(found->accounts[0].provider, "Zonewise");
}

TEST(DxlCompanions, ADocumentOfNoUseIsRefused) {
  DxlDocument memo;
  memo.form = "Memo";
  const auto found = dxl_companions({"", "dxl", write_dxl({memo}), "", {}, 0}, {});
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().detail, HasSubstr("no provider configuration"));
}

TEST(DxlCompanions, AcmeAccountSaysWhatTheFileAgreesTo) {
  DxlAcmeAccount acme;
  acme.name = "Let's Encrypt";
  acme.directory_url = "https://ca.test/dir";
  acme.email = "a@example.test";
  acme.eab_kid = "kid-1";
  acme.agrees_to_terms = true;
  acme.terms_of_service = "https://ca.test/terms";
  DxlDocument document = acme.to_document();
  std::erase_if(document.items, [](const DxlItem& item) { return item.name == "AcmeEabHmac"; });
  document.add_text("AcmeEabHmac", "c2VjcmV0");
  const DnsCompanions found = read({zonewise().to_document(), acme.to_document(), document});
  ASSERT_THAT(found.acme, SizeIs(2));
  EXPECT_EQ(found.acme[0].name, "let-s-encrypt");
  EXPECT_TRUE(found.acme[0].agrees_to_terms);
  EXPECT_EQ(found.acme[0].terms_of_service, "https://ca.test/terms");
  EXPECT_TRUE(found.acme[0].eab_hmac.empty()) << "it is sealed";
  EXPECT_EQ(found.acme[0].command,
            "certstead issuer add let-s-encrypt --directory https://ca.test/dir, then certstead account add "
            "let-s-encrypt --email a@example.test --eab-kid kid-1 --eab-hmac-file FILE --agree-tos");
  EXPECT_EQ(view_text(found.acme[1].eab_hmac.reveal()), "c2VjcmV0");
}

}  // namespace
}  // namespace certstead

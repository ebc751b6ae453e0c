#include "dns/dxl_definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dns/dxl_fixture_testing.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<DxlDefinition> parsed(const DxlProviderConfig& config) {
  return parse_dxl_definition(write_dxl({config.to_document()}), config.name);
}

TEST(DxlDefinition, SaysWhatItIs) {
  const Result<DxlDefinition> definition = parsed(zonewise());
  ASSERT_TRUE(definition) << definition.error().detail;
  EXPECT_EQ(definition->facts.code, "Zonewise");
  EXPECT_EQ(definition->facts.kind, "dxl");
  EXPECT_THAT(definition->facts.help, AllOf(HasSubstr("Ask for a token."), HasSubstr("waits 20 s")));
  EXPECT_THAT(definition->hosts, ElementsAre("api.zonewise.test"));
  EXPECT_THAT(definition->origins, IsEmpty());
  EXPECT_EQ(definition->demands_sha256, "");
  const auto setting = [&](const std::string& name) {
    const auto& all = definition->facts.settings;
    return std::ranges::find(all, name, &DnsSettingFacts::name);
  };
  ASSERT_NE(setting("cfg_AuthToken"), definition->facts.settings.end());
  EXPECT_TRUE(setting("cfg_AuthToken")->secret);
  EXPECT_FALSE(setting("cfg_DnsZone")->secret);
}

TEST(DxlDefinition, ListsSettingsThatOnlyItsFormulasKnow) {
  DxlProviderConfig config = zonewise();
  config.steps[2].url = R"(cfg_URL + cfg_ApiSecret)";
  const Result<DxlDefinition> definition = parsed(config);
  ASSERT_TRUE(definition);
  EXPECT_EQ(definition->facts.settings.back().name, "cfg_apisecret");
  EXPECT_TRUE(definition->facts.settings.back().secret);
}

TEST(DxlDefinition, NamesDocumentItemLineAndCauseOfAMistake) {
  DxlProviderConfig config = zonewise();
  config.steps[4].url = "cfg_URL +\n @Foo(1)";
  EXPECT_EQ(parsed(config).error().detail,
            "the document 'Zonewise': ReqDelUrlFormula: line 2, column 2: there is no function @Foo");
  config = zonewise();
  config.steps[1].type = "X";
  EXPECT_THAT(parsed(config).error().detail, HasSubstr("ReqQryAddHttpType is 'X'"));
  config = zonewise();
  config.steps[2].url = "";
  EXPECT_THAT(parsed(config).error().detail, HasSubstr("it adds nothing"));
}

TEST(DxlDefinition, KnowsTheLettersAndNamesOfMethods) {
  const std::pair<const char*, const char*> kTypes[] = {{"g", "GET"},    {"P", "POST"},  {"U", "PUT"},
                                                        {"D", "DELETE"}, {"A", "PATCH"}, {"Patch", "PATCH"}};
  for (const auto& [type, method] : kTypes) {
    DxlProviderConfig config = zonewise();
    config.steps[2].type = type;
    const Result<DxlDefinition> definition = parsed(config);
    ASSERT_TRUE(definition) << type;
    EXPECT_EQ(definition->steps[2].method, method);
  }
}

TEST(DxlDefinition, RefusesAgentsInOneSentence) {
  DxlProviderConfig config = zonewise();
  config.type = "A";
  config.agent_database = "x.nsf";
  config.agent_add = "Add";
  const Result<DxlDefinition> definition = parsed(config);
  ASSERT_FALSE(definition);
  EXPECT_EQ(definition.error().id, "dxl-agent");
  EXPECT_THAT(definition.error().detail, HasSubstr("which only Domino can run"));
}

TEST(DxlDefinition, PicksTheDocumentThatIsNamed) {
  DxlProviderConfig other = zonewise();
  other.name = "Other";
  const std::string both = write_dxl({zonewise().to_document(), {}, other.to_document()});
  EXPECT_EQ(parse_dxl_definition(both, "other")->config.name, "Other");
  EXPECT_THAT(parse_dxl_definition(both, "third").error().detail, HasSubstr("2 provider configurations"));
  EXPECT_THAT(parse_dxl_definition(write_dxl({{}}), "x").error().detail,
              HasSubstr("no provider configuration"));
}

}  // namespace
}  // namespace certstead

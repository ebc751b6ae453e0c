// Documents of our own writing, made as administrators make them for other APIs, against the fake zones of
// these: what the language and the steps promise has to carry documents that nobody here has seen.
#include "dns/dxl_zone.h"
#include "dxl/dxl.h"
#include "dxl/provider_config.h"

namespace certstead {
namespace {

class OwnDocument : public DxlZone {
 protected:
  bool start_with(const std::string& provider, const std::string& url, DxlProviderConfig config) {
    if (!have_program("python3")) {
      [] { GTEST_SKIP() << "the program python3 is not there"; }();
      return false;
    }
    config.name = "Own " + provider;
    config.type = "H";
    config.settings["cfg_URL"] = {"cfg_URL", DxlItem::Kind::kText, {url}, {}, false};
    definition_.kind = "dxl";
    definition_.text = write_dxl({config.to_document()});
    return start_zone(provider);
  }
};

constexpr const char* kBearer =
    R"(("Authorization: Bearer " + cfg_AuthToken) : ("Content-Type: application/json"))";

// An id that is a number is compared with "" and put into a URL; the host is cut out of the name.
TEST_F(OwnDocument, DigitalOceanComparesANumberWithTheEmptyText) {
  DxlProviderConfig config;
  config.status_formula = "@If(ret_AddStatus = 201 & retJSON_Add.domain_record.id != \"\"; 200; 400)";
  config.steps[2] = {
      "P", R"(FIELD param_host := @Left(param_DnsTxtName; "." + param_RegisteredDomain);
cfg_URL + "/" + param_RegisteredDomain + "/records")",
      kBearer, R"('{"type":"TXT","name":"' + param_host + '","data":"' + param_DnsTxtValue + '","ttl":30}')",
      ""};
  config.steps[4] = {"D", R"(@If(retJSON_Add.domain_record.id != "";
  cfg_URL + "/" + param_RegisteredDomain + "/records/" + @Text(retJSON_Add.domain_record.id); ""))",
                     kBearer, "", ""};
  if (!start_with("digitalocean", "https://api.digitalocean.com/v2/domains", config)) return;
  add_and_remove_two();
}

// A value in quotes inside of JSON; a custom formula that ends with a stray ;.
TEST_F(OwnDocument, HetznerQuotesItsValues) {
  DxlProviderConfig config;
  config.status_formula = "@if(ret_AddStatus = 201; 200; ret_AddStatus = 422; 400; ret_AddStatus)";
  config.steps[0] = {"G", "", "", "",
                     R"(@SetField("param_path"; cfg_URL + "/" + param_RegisteredDomain + "/rrsets/" +
    @Left(param_DnsTxtName; "." + param_RegisteredDomain) + "/TXT/actions"); )"};
  config.steps[2] = {"P", R"(param_path + "/add_records")", kBearer,
                     R"('{"records":[{"value":"\\"' + param_DnsTxtValue + '\\""}]}')", ""};
  config.steps[4] = {"P", R"(param_path + "/remove_records")", kBearer,
                     R"('{"records":[{"value":"\\"' + param_DnsTxtValue + '\\""}]}')", ""};
  if (!start_with("hetzner", "https://api.hetzner.cloud/v1/zones", config)) return;
  const FakeZone::Rows before = zone_->records();
  const auto provider = open();
  ASSERT_NE(provider, nullptr);
  const std::string first = add(*provider, kFirst), second = add(*provider, kSecond);
  EXPECT_THAT(zone_->values(), testing::UnorderedElementsAre(kFirst, kSecond, kForeign)) << trace_;
  remove(*provider, kFirst, first);
  remove(*provider, kSecond, second);
  EXPECT_EQ(zone_->records(), before) << trace_;
}

// Answers that are lists, searched by a loop; the zone is asked for in QryAdd.
TEST_F(OwnDocument, IonosSearchesAListInALoop) {
  DxlProviderConfig config;
  config.status_formula = "@If(ret_AddStatus = 201; 200; 400)";
  const std::string key = R"("X-API-Key: " + cfg_AuthToken)";
  config.steps[1] = {"G", "cfg_URL", key, "", R"(n := 0;
@While(@GetField("retJSON_QryAdd." + @Text(n) + ".name") != param_RegisteredDomain & n < 100; n := n + 1);
FIELD param_zone := @GetField("retJSON_QryAdd." + @Text(n) + ".id"))"};
  config.steps[2] = {"P", R"(cfg_URL + "/" + param_zone + "/records")",
                     "(" + key + R"x() : "Content-Type: application/json")x",
                     R"('[{"name":' + @JsonString(param_DnsTxtName) + ',"type":"TXT","content":' +
  @JsonString(param_DnsTxtValue) + ',"ttl":60,"disabled":false}]')",
                     ""};
  config.steps[4] = {
      "D",
      R"(@If(retJSON_Add.0.id = ""; ""; @Implode(cfg_URL : param_zone : "records" : retJSON_Add.0.id; "/")))",
      key, "", ""};
  if (!start_with("ionos", "https://api.hosting.ionos.com/dns/v1/zones", config)) return;
  add_and_remove_two();
}

}  // namespace
}  // namespace certstead

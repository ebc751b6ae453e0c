// Documents and a provider's API for tests of DXL definitions.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "base/fake_clock.h"
#include "dns/dxl_provider.h"
#include "dxl/dxl.h"

namespace certstead {

// Answers by a function and remembers what was asked.
class FakeApi final : public HttpClient {
 public:
  using Answers = std::function<HttpResponse(const HttpRequest&)>;
  explicit FakeApi(Answers answers) : answers_(std::move(answers)) {}
  Result<HttpResponse> send(const HttpRequest& request, Deadline) override {
    const std::lock_guard hold(mutex_);
    requests.push_back(request);
    return answers_(request);
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const HttpRequest& request : requests) out.push_back(request.method + " " + request.url);
    return out;
  }
  std::vector<HttpRequest> requests;

 private:
  std::mutex mutex_;
  Answers answers_;
};

inline HttpResponse answer(int status, std::string body = "") {
  HttpResponse out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

// A document of our own writing that uses every step: the zone is looked up, the record gets an id.
inline DxlProviderConfig zonewise() {
  DxlProviderConfig config;
  config.name = "Zonewise";
  config.type = "H";
  config.help = "Ask for a token.";
  config.delay_seconds = 20;
  config.settings["cfg_URL"] = {"cfg_URL", DxlItem::Kind::kText, {"https://api.zonewise.test/v1"}, {}, false};
  config.status_formula = "@If(ret_AddStatus = 201; 200; 400)";
  config.steps[0] = {"G", R"(@If(cfg_DnsZone = ""; cfg_URL + "/zones?name=" + param_RegisteredDomain; ""))",
                     R"("Authorization: Bearer " + cfg_AuthToken)", "",
                     R"(@If(cfg_DnsZone = ""; @SetField("cfg_DnsZone"; retJSON_Lookup.zones.0.id); ""))"};
  config.steps[2] = {"P", R"(FIELD param_mark := "seen"; cfg_URL + "/zones/" + cfg_DnsZone + "/records")",
                     R"(("Authorization: Bearer " + cfg_AuthToken) : "Content-Type: application/json")",
                     R"('{"name":"' + param_DnsTxtName + '","text":"' + param_DnsTxtValue + '"}')", ""};
  config.steps[4] = {
      "D",
      R"(@If(retJSON_Add.record.id = ""; ""; cfg_URL + "/zones/" + cfg_DnsZone + "/records/" + @Text(retJSON_Add.record.id)))",
      R"("Authorization: Bearer " + cfg_AuthToken)", "", ""};
  return config;
}

// One account at one document, with an API behind it.
struct DxlBench {
  explicit DxlBench(const DxlProviderConfig& config, FakeApi::Answers answers)
      : api(std::move(answers)), house{{&api, &named}, locks, clock} {
    definition.name = config.name;
    definition.kind = "dxl";
    definition.text = write_dxl({config.to_document()});
    account.name = "main";
    account.domains = {*DomainName::parse("example.test")};
    secrets.emplace("cfg_AuthToken", SecretBytes(to_bytes("tok-secret-1")));
  }
  Result<std::unique_ptr<DnsProvider>> open() {
    return open_dxl(
        definition, account, secrets,
        [this](const DnsTraceLine& line) { trace += line.step + " " + line.text + "\n"; }, house);
  }
  Result<std::string> add(const std::string& value = "value-1") {
    TRY(const std::unique_ptr<DnsProvider> provider, open());
    return provider->add(record(value), Deadline::after(std::chrono::minutes{1}));
  }
  Status remove(std::string_view kept, const std::string& value = "value-1") {
    TRY(const std::unique_ptr<DnsProvider> provider, open());
    return provider->remove(record(value), kept, Deadline::after(std::chrono::minutes{1}));
  }
  static TxtRecord record(const std::string& value) {
    return {"_acme-challenge.www.example.test", "example.test", value};
  }

  FakeApi api;
  FakeApi named{[](const HttpRequest&) { return answer(200); }};  // for origins that the account names
  NamedLocks locks;
  FakeClock clock;
  RecipeHouse house;
  DnsDefinition definition;
  DnsAccount account;
  DnsSecrets secrets;
  std::string trace;
};

}  // namespace certstead

#include "dns/dxl_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dns/dxl_fixture_testing.h"

namespace certstead {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What the API of zonewise() answers when all is well.
HttpResponse well(const HttpRequest& request) {
  if (request.url.find("?name=") != std::string::npos)
    return answer(200, R"({"zones":[{"id":"z1"},{"id":"z2"}]})");
  if (request.method == "POST") return answer(201, R"({"record":{"id":77,"ok":true}})");
  return answer(204);
}

TEST(DxlProvider, RunsTheStepsInTheirOrderAndKeepsWhatTheyStored) {
  DxlProviderConfig config = zonewise();
  config.steps[0].body = "\"a question has no body\"";
  DxlBench bench(config, well);
  const Result<std::string> kept = bench.add();
  ASSERT_TRUE(kept) << kept.error().detail;
  EXPECT_EQ(bench.api.requests.front().body, "");
  EXPECT_THAT(bench.api.asked(), ElementsAre("GET https://api.zonewise.test/v1/zones?name=example.test",
                                             "POST https://api.zonewise.test/v1/zones/z1/records"));
  EXPECT_EQ(bench.api.requests[1].body, R"({"name":"_acme-challenge.www.example.test","text":"value-1"})");
  EXPECT_EQ(bench.api.requests[1].headers.get("authorization"), "Bearer tok-secret-1");
  EXPECT_EQ(bench.api.requests[1].headers.get("content-type"), "application/json");
  EXPECT_EQ(bench.api.requests[0].headers.size(), 1u);
  EXPECT_THAT(*kept, AllOf(HasSubstr(R"("cfg_DnsZone":"z1")"), HasSubstr(R"("param_mark":"seen")"),
                           HasSubstr(R"("retJSON_Add.record.id":7.7E1)"), HasSubstr("ret_AddStatus"),
                           HasSubstr(R"("retJSON_Add.record.ok":"true")")));
  EXPECT_THAT(*kept, Not(HasSubstr("tok-secret-1")));
  EXPECT_THAT(*kept, Not(HasSubstr("cfg_URL")));
  bench.api.requests.clear();
  const Status removed = bench.remove(*kept);
  ASSERT_TRUE(removed) << removed.error().detail;
  EXPECT_THAT(bench.api.asked(), ElementsAre("DELETE https://api.zonewise.test/v1/zones/z1/records/77"));
}

TEST(DxlProvider, PassesOverStepsWithoutTypeOrUrl) {
  DxlBench bench(zonewise(), well);
  bench.account.settings["cfg_DnsZone"] = "own";
  ASSERT_TRUE(bench.add());
  EXPECT_THAT(bench.api.asked(), ElementsAre("POST https://api.zonewise.test/v1/zones/own/records"));
  EXPECT_THAT(bench.trace, HasSubstr("Lookup passed over"));
}

TEST(DxlProvider, AsksAgainWhenWhatWasKeptIsLost) {
  DxlBench bench(zonewise(), well);
  ASSERT_TRUE(bench.remove(""));
  EXPECT_THAT(bench.api.asked(), ElementsAre("GET https://api.zonewise.test/v1/zones?name=example.test"));
  EXPECT_THAT(bench.trace, HasSubstr("Del passed over"));
}

TEST(DxlProvider, TracesWithoutSecrets) {
  DxlBench bench(zonewise(), [](const HttpRequest& request) {
    HttpResponse response = well(request);
    if (request.method == "POST") response.body = R"({"record":{"id":1},"echo":"tok-secret-1"})";
    return response;
  });
  const Result<std::string> kept = bench.add();
  ASSERT_TRUE(kept);
  EXPECT_THAT(bench.trace, AllOf(HasSubstr("> POST https://api.zonewise.test/v1/zones/z1/records"),
                                 HasSubstr("< 201 Created"), Not(HasSubstr("tok-secret"))));
  EXPECT_THAT(*kept, Not(HasSubstr("tok-secret")));
}

TEST(DxlProvider, KeepsNoTokenThatALogInBroughtAndLogsInAgain) {
  DxlProviderConfig config = zonewise();
  config.steps[0] = {"P", R"(cfg_URL + "/login")", "", R"('{"password":"' + cfg_AuthToken + '"}')", ""};
  config.steps[2].url = R"(cfg_URL + "/records")";
  config.steps[2].headers = R"("X-Session: " + retJSON_Lookup.data.apisession)";
  config.steps[4].url = R"(cfg_URL + "/records/" + @Text(retJSON_Add.record.id))";
  config.steps[4].headers = config.steps[2].headers;
  int sessions = 0;
  DxlBench bench(config, [&](const HttpRequest& request) {
    if (!request.url.ends_with("/login")) return well(request);
    return answer(200, R"({"data":{"apisession":"session-number-)" + std::to_string(++sessions) + R"("}})");
  });
  const Result<std::string> kept = bench.add();
  ASSERT_TRUE(kept) << kept.error().detail;
  ASSERT_TRUE(bench.remove(*kept));
  EXPECT_EQ(bench.api.requests.back().headers.get("x-session"), "session-number-2");
  EXPECT_THAT(bench.api.asked().back(), HasSubstr("/records/77"));
  EXPECT_THAT(*kept + bench.trace, Not(HasSubstr("session-number")));
}

TEST(DxlProvider, AnEmptyItemOfTheDocumentMasksNothing) {
  DxlProviderConfig config = zonewise();
  config.settings["cfg_DnsZone"] = {"cfg_DnsZone", DxlItem::Kind::kText, {""}, {}, false};
  DxlBench bench(config, well);
  bench.account.settings["cfg_DnsZone"] = "own";
  ASSERT_TRUE(bench.add());
  EXPECT_THAT(bench.api.asked(), ElementsAre(HasSubstr("/zones/own/")));
}

TEST(DxlProvider, AValueOfTheDocumentWinsOverTheAccounts) {
  DxlProviderConfig config = zonewise();
  config.settings["cfg_DnsZone"] = {"cfg_DnsZone", DxlItem::Kind::kText, {"documents"}, {}, false};
  DxlBench bench(config, well);
  bench.account.settings["CFG_DNSZONE"] = "own";
  ASSERT_TRUE(bench.add());
  EXPECT_THAT(bench.api.asked(), ElementsAre(HasSubstr("/zones/documents/")));
}

TEST(DxlProvider, TheAccountSaysWhichServerIsMeant) {
  DxlBench bench(zonewise(), well);
  bench.account.settings["cfg_URL"] = "http://10.0.0.5:8055/api";
  bench.account.settings["cfg_DnsZone"] = "z";
  const Result<std::string> kept = bench.add();
  ASSERT_FALSE(kept) << "the server at the account's address answers 200, and 201 is wanted";
  EXPECT_THAT(bench.api.asked(), IsEmpty());
  EXPECT_THAT(bench.named.asked(), ElementsAre("POST http://10.0.0.5:8055/api/zones/z/records"));
}

TEST(DxlProvider, StatusFormulaDecides) {
  DxlBench bench(zonewise(), [](const HttpRequest& request) {
    return request.method == "POST" ? answer(200, R"({"message":"quota \"x\" is used up"})") : well(request);
  });
  const Result<std::string> kept = bench.add();
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().detail,
            "Add: POST https://api.zonewise.test/v1/zones/z1/records: the provider answers 200 OK, but "
            "StatusFormula "
            "gives 400 where 200 means success: \"quota \"x\" is used up\"");
}

TEST(DxlProvider, WithoutAStatusFormulaTheStatusDecides) {
  DxlProviderConfig config = zonewise();
  config.status_formula = "";
  DxlBench bench(config, well);
  EXPECT_TRUE(bench.add());
  DxlBench failing(config, [](const HttpRequest& request) {
    return request.method == "POST" ? answer(400, R"({"message":"no"})") : well(request);
  });
  EXPECT_THAT(failing.add().error().detail, HasSubstr("400 Bad Request: \"no\""));
}

TEST(DxlProvider, ARecordThatIsThereAlreadyIsNoFailure) {
  DxlBench bench(zonewise(), [](const HttpRequest& request) {
    return request.method == "POST"
               ? answer(400, R"({"errors":[{"message":"An identical record already exists."}]})")
               : well(request);
  });
  EXPECT_TRUE(bench.add());
}

TEST(DxlProvider, FailuresAreToldApart) {
  const struct {
    int status;
    Code code;
  } kCases[] = {{401, Code::kDenied},
                {403, Code::kDenied},
                {429, Code::kLimited},
                {500, Code::kUnavailable},
                {422, Code::kInvalid}};
  for (const auto& one : kCases) {
    for (const std::string method : {"GET", "POST"}) {
      DxlBench bench(zonewise(), [&](const HttpRequest& request) {
        return request.method == method ? answer(one.status, R"({"message":"their words"})") : well(request);
      });
      const Result<std::string> kept = bench.add();
      ASSERT_FALSE(kept);
      EXPECT_EQ(kept.error().code, one.code) << kept.error().detail;
      EXPECT_THAT(kept.error().detail, AllOf(HasSubstr("their words"), HasSubstr(std::to_string(one.status)),
                                             HasSubstr(method == "GET" ? "Lookup: GET" : "Add: POST")));
    }
  }
}

TEST(DxlProvider, AnAnswerThatIsNoJsonGivesOneSentenceWithTheOffset) {
  DxlBench bench(zonewise(), [](const HttpRequest& request) {
    return request.method == "GET" ? answer(200, "[1, 2<html>") : well(request);
  });
  const Result<std::string> kept = bench.add();
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().detail, AllOf(HasSubstr("Lookup: GET https://api.zonewise.test/v1/zones"),
                                         HasSubstr("no JSON"), HasSubstr("at byte 5")));
}

TEST(DxlProvider, AnAnswerThatNobodyReadsMayBeAnything) {
  DxlProviderConfig config = zonewise();
  config.steps[4] = {"D", "cfg_URL", "", "", ""};
  DxlBench bench(config, [](const HttpRequest& request) {
    return request.method == "DELETE" ? answer(200, "OK") : well(request);
  });
  EXPECT_TRUE(bench.remove(""));
  DxlBench gone(config, [](const HttpRequest& request) {
    return request.method == "DELETE" ? answer(404) : well(request);
  });
  EXPECT_TRUE(gone.remove("{}"));
  DxlBench failing(config, [](const HttpRequest& request) {
    return request.method == "DELETE" ? answer(500) : well(request);
  });
  EXPECT_EQ(failing.remove("{}").error().code, Code::kUnavailable);
}

TEST(DxlProvider, GoesNowhereButToTheHostsThatItNames) {
  DxlProviderConfig config = zonewise();
  config.steps[2].url = R"("https://" + "evil.test/collect")";
  DxlBench bench(config, well);
  const Result<std::string> kept = bench.add();
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().id, "dns-host");
  config.steps[2].url = "retJSON_Lookup.next";
  DxlBench led(config, [](const HttpRequest&) {
    return answer(200, R"({"zones":[{"id":"z"}],"next":"http://169.254.169.254/"})");
  });
  const Result<std::string> answered = led.add();
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().id, "dns-host");
  EXPECT_EQ(led.api.requests.size(), 1u);
}

TEST(DxlProvider, FollowsNoRedirectIntoTheHouse) {
  for (const std::string target :
       {"http://127.0.0.1/", "http://169.254.169.254/latest", "https://evil.test/"}) {
    DxlBench bench(zonewise(), [&](const HttpRequest&) {
      HttpResponse moved = answer(302);
      moved.headers.add("Location", target);
      return moved;
    });
    EXPECT_EQ(bench.add().error().code, Code::kDenied) << target;
    EXPECT_EQ(bench.api.requests.size() + bench.named.requests.size(), 1u) << target;
  }
}

TEST(DxlProvider, NoHeaderBreaksOut) {
  DxlProviderConfig config = zonewise();
  config.steps[2].headers = R"("X-A: " + retJSON_Lookup.zones.0.id)";
  DxlBench bench(config, [](const HttpRequest& request) {
    return request.method == "GET" ? answer(200, R"({"zones":[{"id":"a\r\nX-Evil: 1"}]})") : well(request);
  });
  EXPECT_THAT(bench.add().error().detail,
              testing::AnyOf(HasSubstr("control character"), HasSubstr("holds a character")));
  for (const std::string line : {"no colon", "Host: x", "bad name: x", "content-length: 4"}) {
    config.steps[2].headers = "\"" + line + "\"";
    DxlBench refused(config, well);
    EXPECT_EQ(refused.add().error().id, "dxl-header") << line;
  }
}

TEST(DxlProvider, AnErrorOfAFormulaNamesDocumentItemAndPlaceButNoSecret) {
  DxlProviderConfig config = zonewise();
  config.steps[2].body = "\n  @Text(@TextToNumber(cfg_AuthToken))";
  DxlBench bench(config, well);
  const Result<std::string> kept = bench.add();
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().detail,
            "the document 'Zonewise', ReqAddPostDataFormula: line 2, column 9: @TextToNumber: '[redacted]' "
            "is no number");
}

TEST(DxlProvider, AFormulaWithoutEndIsStopped) {
  DxlProviderConfig config = zonewise();
  config.steps[2].url = "@While(1; 1)";
  DxlBench bench(config, well);
  EXPECT_EQ(bench.add().error().code, Code::kLimited);
}

TEST(DxlProvider, TakesNoRecordThatFormulasWouldBreakOn) {
  DxlBench bench(zonewise(), well);
  for (const std::string value : {"a\"b", "a\\b", "a\nb", "\xC3\xA4"})
    EXPECT_EQ(bench.add(value).error().id, "dxl-record");
  EXPECT_TRUE(bench.add("ca.test; accounturi=https://ca.test/1; policy=wildcard"));
}

TEST(DxlProvider, OtherOriginsWantApprovalOrTheAccountsWord) {
  DxlProviderConfig config = zonewise();
  config.settings["cfg_URL"].texts = {"http://127.0.0.1:8055/set-txt"};
  DxlBench bench(config, well);
  const auto refused = bench.open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "command-not-approved");
  EXPECT_THAT(refused.error().detail,
              AllOf(HasSubstr("reaches http://127.0.0.1:8055"), HasSubstr("cfg_URL")));
  const Result<DnsProviderFacts> facts = describe_dxl(bench.definition);
  ASSERT_TRUE(facts);
  EXPECT_THAT(facts->help, HasSubstr("reach http://127.0.0.1:8055\n"));
  bench.definition.approved = facts->help.substr(facts->help.find("SHA-256 to approve: ") + 20, 64);
  EXPECT_TRUE(bench.open());
  bench.definition.approved = std::string(64, '0');
  EXPECT_FALSE(bench.open());
  bench.account.settings["cfg_URL"] = "http://127.0.0.1:9";
  EXPECT_TRUE(bench.open());
}

TEST(DxlProvider, SettingsAreItemsOfAnAccount) {
  DxlBench bench(zonewise(), well);
  bench.account.settings["api_token"] = "x";
  EXPECT_THAT(bench.open().error().detail, HasSubstr("'api_token'"));
}

}  // namespace
}  // namespace certstead

#include "dns/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/fake_clock.h"
#include "base/file.h"
#include "dns/provider_factory.h"
#include "dns/stub_client.h"
#include "json/json.h"

namespace certstead {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

Deadline soon() { return Deadline::after(std::chrono::seconds{60}); }

constexpr std::string_view kHead = R"(code = "mine"
title = "Mine"
verified = "unverified"
hosts = ["api.example.com"]
[settings.token]
about = "API token."
secret = true
required = true
)";

std::string recipe_with(std::string_view steps) { return std::string(kHead) + std::string(steps); }

// An account of `recipe` at a provider that answers as `answer` says.
struct Scene {
  explicit Scene(
      std::string recipe, StubClient::Answer answer =
                              [](const HttpRequest&) {
                                HttpResponse response;
                                response.status = 200;
                                response.body = "{}";
                                return response;
                              })
      : client(std::move(answer)) {
    auto made = ProviderFactory::make({.clients = {&client, &client}, .clock = &clock});
    EXPECT_TRUE(made) << made.error().detail;
    factory = std::move(*made);
    definition.kind = "recipe";
    definition.name = "mine";
    definition.text = std::move(recipe);
    account.name = "account";
    account.provider = "mine";
    account.domains = {*DomainName::parse("example.test")};
  }
  Result<std::string> add(const std::string& value = "value") {
    DnsSecrets secrets;
    secrets.emplace("token", SecretBytes(view_bytes(token)));
    TRY(const auto provider, factory->open(account, secrets, &definition, {}));
    return provider->add({"_acme-challenge.www.example.test", "", value}, soon());
  }
  StubClient client;
  FakeClock clock;
  std::unique_ptr<ProviderFactory> factory;
  DnsDefinition definition;
  DnsAccount account;
  std::string token = "tok-en";
};

TEST(RecipeText, WhatIsWrongIsNamedWithLineAndKey) {
  const struct {
    std::string text;
    std::string says;
  } kCases[] = {
      {"code = ", "line 1: it is no TOML"},
      {recipe_with("colour = \"red\"\n[add]\nrequest = \"GET https://api.example.com/\"\n"),
       "there is no such key"},
      {recipe_with("[add]\nrequest = \"GET https://api.example.com/\"\nheeders = {}\n"),
       "line 11: heeders: there is no such key here"},
      {recipe_with("[add]\nrequest = \"FETCH https://api.example.com/\"\n"),
       "line 10: request: it must begin with GET"},
      {recipe_with("[add]\nrequest = \"GET http://api.example.com/\"\n"),
       "line 10: request: the URL must begin with https://"},
      {recipe_with("[add]\nrequest = \"GET ${token}/x\"\n"), "'token' is no setting with url = true"},
      {recipe_with("[add]\nrequest = \"GET https://api.example.com/${@Nonsense(1)}\"\n"),
       "line 10: request: line 1"},
      {recipe_with("[add]\nrequest = \"GET https://api.example.com/${name\"\n"), "is not closed"},
      {recipe_with("[add]\nrequest = \"GET https://api.example.com/\"\njson = {}\n"), "a GET has no body"},
      {recipe_with("[add]\nrequest = \"POST https://api.example.com/\"\njson = {}\nform = {}\n"),
       "one body only"},
      {recipe_with("[add]\nrequest = \"POST https://api.example.com/\"\nwhere = \"${1}\"\n"),
       "need a 'find'"},
      {recipe_with("[add]\nrequest = \"GET https://api.example.com/\"\nheaders = { \"a b\" = \"x\" }\n"),
       "is no header name"},
      {recipe_with("[add]\nrequest = 5\n"), "line 10: request: it must be a text"},
      {recipe_with("[add]\nrequest = \"GET https://api.example.com/\"\n[rrset]\nitems = \"answer\"\n"),
       "'rrset' needs a 'query'"},
      {recipe_with(""), "there is no step 'add'"},
      {recipe_with("ttl = 0\n"), "there is no such key"},
      {"code = \"Mine\"\n", "'code' must be"},
      {"code = \"mine\"\ntitle = \"x\"\nverified = \"yes\"\n", "'verified' must be"},
      {"code = \"mine\"\ntitle = \"x\"\nverified = \"server\"\nhosts = [\"127.0.0.1\"]\n[add]\nrequest = "
       "\"GET https://127.0.0.1/\"\n",
       "is no host name"},
      {"code = \"mine\"\ntitle = \"x\"\nverified = \"server\"\n[add]\nrequest = \"GET https://a.test/\"\n",
       "'hosts' is missing"},
      {"[settings.value]\nabout = \"x\"\n", "line 1: value: a setting's name"},
      {"[settings.a]\nsecret = true\n", "needs an 'about'"},
      {"[sign]\nkind = \"rot13\"\n", "its 'kind' must be"},
      {"[sign]\nkind = \"hmac\"\ndigest = \"md5\"\n", "there is no digest md5"},
      {"when = 2026-01-01\n", "line 1"},
  };
  for (const auto& one : kCases) {
    const auto recipe = parse_recipe(one.text);
    ASSERT_FALSE(recipe) << one.text;
    EXPECT_EQ(recipe.error().code, Code::kInvalid);
    EXPECT_THAT(recipe.error().detail, HasSubstr(one.says)) << one.text;
  }
}

// Found by the fuzzer.
TEST(RecipeText, ATableWithoutANameIsRefused) {
  for (const char* const text : {"a = 1\n[", "a = 1\n[{a]"}) {
    const auto recipe = parse_recipe(text);
    ASSERT_FALSE(recipe) << text;
    EXPECT_THAT(recipe.error().detail, HasSubstr("line 2: a line that begins with [ has to name a table"))
        << text;
  }
  EXPECT_THAT(parse_recipe("[]").error().detail, HasSubstr("it is no TOML"));
}

TEST(RecipeText, NestingAndSizeAreBounded) {
  std::string deep = "a = ";
  for (int i = 0; i < 200; ++i) deep += "[";
  for (int i = 0; i < 200; ++i) deep += "]";
  EXPECT_FALSE(parse_recipe(deep));
  EXPECT_FALSE(parse_recipe(std::string(1 << 20, '#')));
}

TEST(RecipeText, EveryBuiltInOneIsWhole) {
  Scene scene("");
  const auto all = scene.factory->built_in();
  EXPECT_GE(all.size(), 30U);
  for (const DnsProviderFacts& facts : all) {
    EXPECT_THAT(facts.title, Not(testing::IsEmpty())) << facts.code;
    EXPECT_THAT(facts.documentation, testing::StartsWith("https://")) << facts.code;
    EXPECT_THAT(facts.rights, testing::EndsWith(".")) << facts.code;
    for (const DnsSettingFacts& setting : facts.settings)
      EXPECT_THAT(setting.about, testing::EndsWith(".")) << facts.code;
  }
}

TEST(Account, SettingsThatAreMissingOrUnknownAreNamed) {
  Scene scene(recipe_with("[add]\nrequest = \"GET https://api.example.com/\"\n"));
  scene.token = "";
  auto added = scene.add();
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().detail, "the setting 'token' is missing: API token.");
  scene.token = "x";
  scene.account.settings["colour"] = "red";
  added = scene.add();
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().detail, HasSubstr("mine has no setting 'colour'; it has token, dns_zone, ttl"));
}

TEST(Account, AProviderThatIsNotThereIsNotFound) {
  Scene scene("");
  scene.account.provider = "nowhere";
  const auto opened = scene.factory->open(scene.account, {}, nullptr, {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kNotFound);
}

// A provider of the shape that the guide's example has.
struct SmallApi {
  std::vector<std::pair<std::string, std::string>> values;  // id and value
  int last = 0;

  HttpResponse operator()(const HttpRequest& request) {
    EXPECT_EQ(request.headers.get("Authorization"), "Bearer tok-en");
    const std::string base = "https://api.example.com/v1/example.test/records";
    EXPECT_TRUE(request.url.starts_with(base)) << request.url;
    HttpResponse response;
    response.status = 200;
    if (request.method == "POST") {
      const auto body = parse_json(request.body);
      values.emplace_back("r" + std::to_string(++last), std::string(body->at("value").as_string()));
      EXPECT_EQ(body->at("ttl").as_int64(), 120);
    }
    if (request.method == "DELETE") {
      std::erase_if(values, [&](const auto& one) { return base + "/" + one.first == request.url; });
    }
    boost::json::array rows;
    for (const auto& [id, value] : values) {
      rows.push_back({{"id", id}, {"name", "_acme-challenge.www.example.test"}, {"value", value}});
    }
    response.body = to_json_text(boost::json::object{{"records", rows}});
    return response;
  }
};

TEST(Guide, ItsExampleOfTenLinesWritesAndTakesAway) {
  const auto guide = read_text_file("docs/guide/dns.md");
  ASSERT_TRUE(guide) << guide.error().detail;
  const std::size_t begin = guide->find("```toml\n") + 8;
  const std::string recipe = guide->substr(begin, guide->find("```", begin) - begin);
  EXPECT_LE(std::ranges::count(recipe, '\n'), 10);
  SmallApi api{.values = {{"r0", "foreign"}}};
  Scene scene(recipe, [&](const HttpRequest& request) { return api(request); });
  for (int i = 0; i < 2; ++i) {
    const auto added = scene.add("ours");
    ASSERT_TRUE(added) << added.error().detail;
    EXPECT_THAT(api.values, SizeIs(2));
  }
  DnsSecrets secrets;
  secrets.emplace("token", SecretBytes(view_bytes(scene.token)));
  const auto provider = scene.factory->open(scene.account, secrets, &scene.definition, {});
  ASSERT_TRUE(provider);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE((*provider)->remove({"_acme-challenge.www.example.test", "", "ours"}, "", soon()));
    ASSERT_THAT(api.values, SizeIs(1));
    EXPECT_EQ(api.values.front().second, "foreign");
  }
}

// Values that try to leave their place.
constexpr const char* kNasty = "a\"},{\"x\":\"\\\r\nX-Evil: 1&b=c/../?#<each>&amp;'%00";

TEST(Recipe, NoValueLeavesItsPlace) {
  Scene scene(recipe_with(R"x([[add]]
request = "POST https://api.example.com/${value}?v=${value}"
json = { a = "${value}", b = { c = ["${value}", "x${value}y"] } }
[[add]]
request = "POST https://api.example.com/"
form = { "${value}" = "lit", f = "${value}" }
[[add]]
request = "POST https://api.example.com/"
answer = "text"
xml = "<v>${value}</v>"
)x"));
  const auto added = scene.add(kNasty);
  ASSERT_TRUE(added) << added.error().detail;
  ASSERT_THAT(scene.client.seen, SizeIs(3));
  const HttpRequest& json = scene.client.seen[0];
  EXPECT_EQ(json.url.find_first_of("\r\n\"<>'"), std::string::npos);
  EXPECT_EQ(std::ranges::count(json.url, '/'), 3) << json.url;
  EXPECT_EQ(std::ranges::count(json.url, '?'), 1) << json.url;
  const auto read = parse_json(json.body);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at("a").as_string(), kNasty);
  EXPECT_EQ(read->at("b").at("c").as_array().size(), 2U);
  EXPECT_EQ(std::ranges::count(scene.client.seen[1].body, '&'), 1);
  EXPECT_EQ(std::ranges::count(scene.client.seen[2].body, '<'), 2);
}

TEST(Recipe, AHeaderWithALineEndIsNotSent) {
  Scene scene(
      recipe_with("[add]\nrequest = \"GET https://api.example.com/\"\nheaders = { X-V = \"${value}\" }\n"));
  const auto added = scene.add(kNasty);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::kInvalid);
  EXPECT_TRUE(scene.client.seen.empty());
}

TEST(Recipe, HostileExpressionsEnd) {
  for (const char* const expression :
       {"@While(1; 1)", "@Repeat(\\\"x\\\"; 1000000000)", "@DoWhile(x := x + \\\"aaaaaaaaaaaaaaaa\\\"; 1)",
        "@For(n := 1; n > 0; n := n + 1; y := n)"}) {
    Scene scene(recipe_with("[add]\nrequest = \"GET https://api.example.com/\"\nwhen = \"${" +
                            std::string(expression) + "}\"\n"));
    const auto added = scene.add();
    ASSERT_FALSE(added) << expression;
    EXPECT_THAT(added.error().detail, testing::StartsWith("add: ")) << "the step";
    EXPECT_TRUE(scene.client.seen.empty());
  }
}

TEST(Recipe, OtherHostsAndSecretsOfOthersAreOutOfReach) {
  for (const char* const url :
       {"https://evil.test/", "https://${value}/", "https://api.example.com.${value}/",
        "https://api.example.com@evil.test/", "https://169.254.169.254/"}) {
    Scene scene(recipe_with("[add]\nrequest = \"GET " + std::string(url) + "\"\n"));
    const auto added = scene.add("evil.test");
    ASSERT_FALSE(added) << url;
    EXPECT_TRUE(scene.client.seen.empty()) << url;
  }
  // A default can't open the way to a private server; only what the account says does.
  Scene scene(
      recipe_with("[add]\nrequest = \"GET ${server}/\"\n[settings.server]\nabout = \"x\"\nurl = "
                  "true\ndefault = \"http://10.0.0.5\"\n"));
  EXPECT_FALSE(scene.add());
  EXPECT_TRUE(scene.client.seen.empty());
  scene.account.settings["server"] = "http://10.0.0.5";
  EXPECT_TRUE(scene.add());
}

TEST(Recipe, AnEndlessListIsGivenUp) {
  Scene scene(
      recipe_with("[add]\nrequest = \"GET https://api.example.com/?page=${page}\"\nmore = \"${1}\"\n"));
  const auto added = scene.add();
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().detail, HasSubstr("more than 200 pages"));
}

TEST(Recipe, ASetThatChangesMeanwhileIsReadAgain) {
  int writes = 0;
  Scene scene(recipe_with(R"x([query]
request = "GET https://api.example.com/"
[rrset]
items = "answer.values"
[add]
request = "PUT https://api.example.com/"
json = { values = "@rrset" }
conflict = "${status = 412}"
)x"),
              [&](const HttpRequest& request) {
                HttpResponse response;
                response.status = request.method == "PUT" && ++writes < 3 ? 412 : 200;
                response.body = R"({"values":["old"]})";
                return response;
              });
  ASSERT_TRUE(scene.add());
  EXPECT_EQ(writes, 3);
  EXPECT_EQ(scene.client.seen.back().body, R"({"values":["old","value"]})");
  writes = -1000;
  const auto never = scene.add();
  ASSERT_FALSE(never);
  EXPECT_THAT(never.error().detail, HasSubstr("again and again"));
}

TEST(Recipe, WhatAProviderCallsTooManyRequestsIsAskedForLater) {
  const auto refuse = [](const HttpRequest&) {
    HttpResponse response;
    response.status = 400;
    response.body = R"({"code":"Throttling","message":"slow down"})";
    return response;
  };
  const std::string add = "[add]\nrequest = \"PUT https://api.example.com/\"\n";
  EXPECT_EQ(Scene(recipe_with(add), refuse).add().error().code, Code::kInvalid);
  const auto added = Scene(recipe_with(add + "limited = '${answer.code = \"Throttling\"}'\n"), refuse).add();
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::kLimited);
  EXPECT_THAT(added.error().detail, HasSubstr("slow down"));
}

TEST(Recipe, TheZoneComesFromTheDnsTheAccountOrASetting) {
  Scene scene(recipe_with("[add]\nrequest = \"GET https://api.example.com/${zone}/${host}\"\n"));
  ASSERT_TRUE(scene.add());
  EXPECT_EQ(scene.client.seen.back().url, "https://api.example.com/example.test/_acme-challenge.www");
  scene.account.settings["dns_zone"] = "www.example.test";
  ASSERT_TRUE(scene.add());
  EXPECT_EQ(scene.client.seen.back().url, "https://api.example.com/www.example.test/_acme-challenge");
  scene.account.settings["dns_zone"] = "elsewhere.test";
  const auto added = scene.add();
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().detail, HasSubstr("'dns_zone'"));
}

TEST(Recipe, ATokenIsAskedForOnceAndNeverShown) {
  std::string text = recipe_with(R"x([sign]
kind = "oauth2"
token_url = "https://api.example.com/token"
client_id = "me"
client_secret = "${token}"
[add]
request = "POST https://api.example.com/records"
)x");
  Scene scene(text, [](const HttpRequest& request) {
    HttpResponse response;
    response.status = 200;
    response.body =
        request.url.ends_with("/token") ? R"({"access_token":"fresh-one","expires_in":600})" : "{}";
    return response;
  });
  std::string trace;
  DnsSecrets secrets;
  secrets.emplace("token", SecretBytes(view_bytes("tok-en")));
  const auto provider = scene.factory->open(scene.account, secrets, &scene.definition,
                                            [&](const DnsTraceLine& line) { trace += line.text + "\n"; });
  ASSERT_TRUE(provider);
  const TxtRecord record{"_acme-challenge.www.example.test", "", "v"};
  ASSERT_TRUE((*provider)->add(record, soon()));
  ASSERT_TRUE((*provider)->add(record, soon()));
  ASSERT_THAT(scene.client.seen, SizeIs(3));
  EXPECT_EQ(scene.client.seen[2].headers.get("Authorization"), "Bearer fresh-one");
  scene.clock.advance(std::chrono::minutes{10});
  ASSERT_TRUE((*provider)->add(record, soon()));
  EXPECT_THAT(scene.client.seen, SizeIs(5));
  EXPECT_THAT(trace, Not(HasSubstr("fresh-one")));
  EXPECT_THAT(trace, Not(HasSubstr("tok-en")));
}

}  // namespace
}  // namespace certstead

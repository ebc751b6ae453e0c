#include "api/scene_testing.h"

#include <gtest/gtest.h>

#include "json/json.h"
#include "json/json_object.h"
#include "store/sqlite_store.h"

namespace certstead {
namespace {

ApiOptions scene_options() {
  ApiOptions options;
  options.version = "1.2.3";
  options.long_polls = 2;
  options.poll_interval = Duration{5};
  // A caller that should have been answered hangs, instead of being answered late.
  options.longest_wait = std::chrono::hours(1);
  return options;
}

}  // namespace

std::string Answer::text(std::string_view name) const {
  const auto object = JsonObject::of(json);
  return object ? object->optional_string(name).value_or(std::nullopt).value_or("") : "";
}

ApiScene::ApiScene()
    : dns(clock),
      dns_providers(dns),
      store(open_sqlite_store(dir.path() / "store", clock, log).value()),
      context{store->ports(), sealer,  signer, key_maker, chains, inspector, ca, ca, cas,
              progress,       domains, clock,  log},
      requests(context),
      accounts(context),
      issuers(context),
      manual(context),
      deployments(context),
      exports(context, export_vault, encoder),
      imports(context, importer, store->bulk()),
      scheduler(context, {}),
      dns_records(store->ports(), sealer, dns_providers, dns, clock, log),
      dns_desk(context, dns_providers, dns_records),
      dns_trial(context, dns_records),
      dns_assist(context, dns_records),
      api(use_cases(), scene_options(), log) {
  MemberRecord local;
  local.id = "local";
  local.name = "host.example.test";
  local.role = "member";
  local.all_credentials = true;
  local.sealing_certificate = local.signing_certificate = {1};
  EXPECT_TRUE(store->members().put_member(local, {"setup", "member.add", "local", ""}));
  EXPECT_EQ(post("/api/v1/issuers", R"({"name":"lab","directory_url":"https://ca.example.test/dir"})").status,
            201);
  EXPECT_EQ(call("PUT", "/api/v1/settings/default-issuer", R"({"value":"lab"})").status, 200);
  EXPECT_EQ(post("/api/v1/accounts", R"({"issuer":"lab","email":"a@example.test","agree_tos":true})").status,
            201);
}

Manager ApiScene::use_cases() {
  Manager manager{requests,          accounts,  issuers,       exports,        manual,
                  deployments,       cas,       store->jobs(), store->audit(), store->members(),
                  store->settings(), scheduler, &views,        clock};
  manager.imports = &imports;
  manager.dns = {&dns_desk, &dns_trial, &dns_assist, &dns_providers};
  return manager;
}

Answer ApiScene::call(const std::string& method, const std::string& target, const std::string& body,
                      const HttpHeaders& headers) {
  HttpExchange http;
  http.method = method;
  http.target = target;
  http.path = target.substr(0, target.find('?'));
  http.query = target.size() > http.path.size() ? target.substr(http.path.size() + 1) : "";
  http.headers = headers;
  http.body = body;
  http.peer = PeerCredentials{1000, 1000, 4242};
  const HttpReply reply = api.handle(http);
  Answer answer{reply.status, reply.headers, reply.body, {}};
  if (const auto json = parse_json(reply.body)) answer.json = *json;
  return answer;
}

std::string ApiScene::request(const std::string& host) {
  const Answer answer = post("/api/v1/sets", R"({"names":[")" + host + R"("]})");
  EXPECT_EQ(answer.status, 201) << answer.body;
  return answer.text("job");
}

void ApiScene::activate(const std::string& set_name, Instant not_after) {
  CredentialSet set = store->credentials().find_set_by_name(set_name).value();
  std::vector<CredentialVersion> fresh;
  for (const KeyType type : set.key_types) {
    CredentialVersion version;
    version.id = "version-" + set_name + std::string(key_type_name(type));
    version.set_id = set.id;
    version.key_type = type;
    version.key = {{"version", version.id, "key", 1}, to_bytes(kSecretMarker), "manager", {1}};
    version.chain = {{1, 2}, {3, 4}};
    version.facts.serial = "ab" + std::string(key_type_name(type));
    version.facts.fingerprint = "fp" + version.id;
    version.facts.spki_sha256 = "sp" + version.id;
    version.facts.issuer = "CN=Example CA";
    version.facts.key_type = type;
    version.facts.not_before = clock.now();
    version.facts.not_after = not_after;
    for (const HostPattern& name : set.names) version.facts.names.push_back(name.ascii());
    version.issuer = set.issuer;
    version.account = set.account;
    version.activated = clock.now();
    version.signer = "manager";
    version.signature = {1};
    fresh.push_back(std::move(version));
  }
  set.status = SetStatus::kIssued;
  set.renew_at = not_after - std::chrono::hours(24 * 30);
  set.renew_why = "last third";
  const Status done =
      store->versions().activate(set, fresh, "", 0, {"test", "version.activate", set.name, ""});
  EXPECT_TRUE(done) << done.error().detail;
}

}  // namespace certstead

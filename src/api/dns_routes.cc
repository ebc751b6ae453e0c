#include "api/body.h"
#include "api/dns_render.h"
#include "api/render.h"
#include "api/routes.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxDefinition = std::size_t{6} << 20;
constexpr std::int64_t kMostSeconds = 86'400;

Result<DnsUseCases*> dns_of(const Call& call) {
  if (call.manager.dns.accounts != nullptr) return &call.manager.dns;
  return not_found("this manager does not prove names over DNS", "no-dns");
}

// Every member of the object `name` as a text.
template <class Take>
Status read_texts(const JsonObject& body, std::string_view name, const Take& take) {
  TRY(const auto object, body.optional_object(name));
  if (!object) return Done{};
  for (const auto& member : object->members()) {
    TRY(const std::string value, object->string(member.key()));
    take(std::string(member.key()), value);
  }
  return Done{};
}

Status read_secrets(const JsonObject& body, DnsSecrets& into) {
  return read_texts(body, "secrets", [&](std::string name, const std::string& value) {
    into[std::move(name)] = SecretBytes(view_bytes(value));
  });
}

Result<DnsAccountInput> read_dns_account(const JsonObject& body) {
  CHECK_OK(known_members(body, {"name", "provider", "domains", "settings", "secrets", "rotate_days",
                                "propagation", "challenge", "delay_seconds", "timeout_seconds", "enabled"}));
  DnsAccountInput input;
  TRY(input.provider, body.optional_string("provider"));
  TRY(input.domains, body.optional_strings("domains"));
  CHECK_OK(read_texts(body, "settings", [&](std::string name, const std::string& value) {
    input.settings[std::move(name)] = value;
  }));
  CHECK_OK(read_secrets(body, input.secrets));
  TRY(input.rotate_days, body.optional_integer("rotate_days", 0, 36'500));
  TRY(input.propagation, body.optional_string("propagation"));
  TRY(input.challenge, body.optional_string("challenge"));
  TRY(const auto delay, body.optional_integer("delay_seconds", 0, kMostSeconds));
  if (delay) input.delay = std::chrono::seconds{*delay};
  TRY(const auto timeout, body.optional_integer("timeout_seconds", 1, kMostSeconds));
  if (timeout) input.timeout = std::chrono::seconds{*timeout};
  TRY(input.enabled, body.optional_boolean("enabled"));
  return input;
}

HttpReply nothing() { return HttpReply{.status = 204, .headers = {}, .body = {}}; }

}  // namespace

Result<HttpReply> list_dns_providers(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const auto all, dns->accounts->providers());
  boost::json::array out;
  for (const DnsProviderFacts& facts : all) out.push_back(render(facts));
  return json_reply(200, boost::json::object{{"providers", std::move(out)}});
}

Result<HttpReply> show_dns_provider(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const DnsProviderFacts facts, dns->accounts->provider(call.params[0]));
  return json_reply(200, render(facts));
}

Result<HttpReply> import_dns_definition(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const boost::json::value value, read_body(call.http, kMaxDefinition));
  TRY(const JsonObject body, JsonObject::of(value));
  CHECK_OK(known_members(body, {"name", "kind", "text"}));
  TRY(const auto name, body.optional_string("name"));
  TRY(const auto kind, body.optional_string("kind"));
  TRY(std::string text, body.string("text"));
  TRY(const DnsImportReport report,
      import_dns(*dns->accounts, call.manager.issuers, call.manager.accounts,
                 {name.value_or(""), kind.value_or(""), std::move(text)}, call.actor));
  return json_reply(201, render(report));
}

Result<HttpReply> show_dns_definition(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const DnsDefinition definition, dns->accounts->definition(call.params[0]));
  return json_reply(200, render(definition));
}

Result<HttpReply> delete_dns_definition(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  CHECK_OK(dns->accounts->remove_definition(call.params[0], call.actor));
  return nothing();
}

Result<HttpReply> approve_dns_definition(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const boost::json::value value, read_body(call.http));
  TRY(const JsonObject body, JsonObject::of(value));
  CHECK_OK(known_members(body, {"sha256"}));
  TRY(const std::string sha256, body.string("sha256"));
  CHECK_OK(dns->accounts->approve(call.params[0], sha256, call.actor));
  return nothing();
}

Result<HttpReply> list_dns_accounts(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const auto views, dns->accounts->list());
  boost::json::array out;
  for (const DnsAccountView& view : views) out.push_back(render(view));
  return json_reply(200, boost::json::object{{"accounts", std::move(out)}});
}

Result<HttpReply> add_dns_account(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const boost::json::value value, read_body(call.http));
  TRY(const JsonObject body, JsonObject::of(value));
  TRY(const DnsAccountInput input, read_dns_account(body));
  TRY(const std::string name, body.string("name"));
  TRY(const DnsAccountView view, dns->accounts->add(name, input, call.actor));
  return json_reply(201, render(view));
}

Result<HttpReply> show_dns_account(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const DnsAccountView view, dns->accounts->show(call.params[0]));
  return json_reply(200, render(view));
}

Result<HttpReply> change_dns_account(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const boost::json::value value, read_body(call.http));
  TRY(const JsonObject body, JsonObject::of(value));
  if (body.has("name")) return invalid("an account keeps its name", "body-name");
  TRY(const DnsAccountInput input, read_dns_account(body));
  TRY(const DnsAccountView view, dns->accounts->change(call.params[0], input, call.actor));
  return json_reply(200, render(view));
}

Result<HttpReply> delete_dns_account(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  CHECK_OK(dns->accounts->remove(call.params[0], call.actor));
  return nothing();
}

Result<HttpReply> rotate_dns_account(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const boost::json::value value, read_body(call.http));
  TRY(const JsonObject body, JsonObject::of(value));
  CHECK_OK(known_members(body, {"secrets", "at"}));
  DnsSecrets secrets;
  CHECK_OK(read_secrets(body, secrets));
  TRY(const auto at, body.optional_string("at"));
  TRY(const DnsTrialReport report,
      dns->trial->rotate(call.params[0], std::move(secrets), at.value_or(""), *dns->providers, call.actor));
  return json_reply(200, render(report));
}

Result<HttpReply> show_dns_trace(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const DnsAccountView view, dns->accounts->show(call.params[0]));
  boost::json::array out;
  for (const DnsTraced& line : dns->accounts->trace(view.account.name)) out.push_back(render(line));
  return json_reply(200, boost::json::object{{"on", view.traced}, {"exchanges", std::move(out)}});
}

Result<HttpReply> set_dns_trace(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const boost::json::value value, read_body(call.http));
  TRY(const JsonObject body, JsonObject::of(value));
  CHECK_OK(known_members(body, {"on"}));
  TRY(const bool on, body.boolean("on"));
  TRY(const DnsAccountView view, dns->accounts->show(call.params[0]));
  dns->accounts->set_trace(view.account, on);
  return nothing();
}

Result<HttpReply> test_dns(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const boost::json::value value, read_body(call.http));
  TRY(const JsonObject body, JsonObject::of(value));
  CHECK_OK(known_members(body, {"name", "account"}));
  TRY(const std::string name, body.string("name"));
  TRY(const auto account, body.optional_string("account"));
  TRY(const DnsTrialReport report, dns->trial->test(name, account.value_or(""), call.actor));
  return json_reply(200, render(report));
}

Result<HttpReply> assist_dns(const Call& call) {
  TRY(DnsUseCases* const dns, dns_of(call));
  TRY(const boost::json::value value, read_body(call.http));
  TRY(const JsonObject body, JsonObject::of(value));
  CHECK_OK(known_members(body, {"name", "issuer", "account", "dns_account"}));
  DnsAssistInput input;
  TRY(input.name, body.string("name"));
  for (const auto& [member, into] : {std::pair{"issuer", &input.issuer}, std::pair{"account", &input.account},
                                     std::pair{"dns_account", &input.dns_account}}) {
    TRY(const auto text, body.optional_string(member));
    *into = text.value_or("");
  }
  TRY(const DnsAssistReport report, dns->assist->assist(input));
  return json_reply(200, render(report));
}

}  // namespace certstead

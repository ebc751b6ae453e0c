#include "manager/dns_desk.h"

#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "manager/dns_secrets.h"
#include "model/dns_challenge.h"

namespace certstead {
namespace {

constexpr std::size_t kMostDomains = 1000;
constexpr std::size_t kMostText = std::size_t{4} << 20;

Status check_name(std::string_view name, std::string_view what) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  };
  if (!name.empty() && name.size() <= 64 && std::ranges::all_of(name, allowed)) return Done{};
  return invalid("\"" + printable(name, 60) + "\" can't name a " + std::string(what) +
                     ": use 1 to 64 letters, digits, hyphens, dots and underscores",
                 "dns-name");
}

Result<std::vector<DomainName>> parse_domains(const std::vector<std::string>& texts) {
  if (texts.empty() || texts.size() > kMostDomains)
    return invalid("a DNS account answers for 1 to 1000 domains; name them with --domain", "dns-domains");
  std::vector<DomainName> out;
  for (const std::string& text : texts) {
    TRY(DomainName name, DomainName::parse(trim(text)));
    if (std::ranges::find(out, name) == out.end()) out.push_back(std::move(name));
  }
  return out;
}

const DnsSettingFacts* setting_called(const DnsProviderFacts& facts, std::string_view name) {
  for (const DnsSettingFacts& one : facts.settings) {
    if (one.name == name || (!one.environment.empty() && one.environment == name)) return &one;
  }
  return nullptr;
}

std::string names_of(const DnsSettingFacts& setting) {
  return setting.name + (setting.environment.empty() ? "" : " (" + setting.environment + ")");
}

Result<const DnsSettingFacts*> known_setting(const DnsProviderFacts& facts, std::string_view name,
                                             bool secret) {
  const DnsSettingFacts* setting = setting_called(facts, name);
  if (setting == nullptr) {
    std::vector<std::string> all;
    for (const DnsSettingFacts& one : facts.settings) all.push_back(names_of(one));
    return invalid(facts.code + " has no setting \"" + printable(name, 60) + "\"; it has " +
                       (all.empty() ? std::string("none") : join(all, ", ")),
                   "dns-setting-unknown");
  }
  if (setting->secret == secret) return setting;
  return invalid(
      setting->name + (secret ? " is no secret; give it with --set" : " is a secret; give it with --secret"),
      "dns-setting-secret");
}

// The same map with the provider's names.
template <class Map>
Status rename_all(const DnsProviderFacts& facts, Map& values, bool secret) {
  Map out;
  for (auto& [name, value] : values) {
    TRY(const DnsSettingFacts* setting, known_setting(facts, name, secret));
    if (!out.emplace(setting->name, std::move(value)).second)
      return invalid(names_of(*setting) + " is given twice", "dns-setting-twice");
  }
  values = std::move(out);
  return Done{};
}

}  // namespace

Status name_as_provider(const DnsProviderFacts& facts, std::map<std::string, std::string>& settings,
                        DnsSecrets& secrets) {
  CHECK_OK(rename_all(facts, settings, false));
  return rename_all(facts, secrets, true);
}

Result<std::optional<DnsProviderFacts>> DnsDesk::facts_of(const DnsAccount& account) {
  if (account.challenge == kDnsPersist01 && account.provider.empty())
    return std::optional<DnsProviderFacts>();
  TRY(DnsProviderFacts facts, provider(account.provider));
  return std::optional<DnsProviderFacts>(std::move(facts));
}

Status DnsDesk::apply(const DnsAccountInput& input, DnsAccount& account) {
  if (input.provider) account.provider = *input.provider;
  if (input.domains) {
    TRY(account.domains, parse_domains(*input.domains));
  }
  if (input.propagation) {
    TRY(account.propagation, parse_propagation(*input.propagation));
  }
  if (input.challenge && !is_dns_challenge(*input.challenge))
    return invalid("names are proved by dns-01, dns-account-01 or dns-persist-01, not by \"" +
                       printable(*input.challenge, 40) + "\"",
                   "dns-challenge");
  if (input.challenge) account.challenge = *input.challenge;
  if (input.delay) account.delay = *input.delay;
  if (input.timeout) account.timeout = *input.timeout;
  if (input.enabled) account.enabled = *input.enabled;
  if (input.rotate_days) account.rotate_every.reset();
  if (input.rotate_days.value_or(0) > 0) account.rotate_every = std::chrono::days{*input.rotate_days};
  if (account.domains.empty()) CHECK_OK(parse_domains({}));
  if (account.provider.empty() && account.challenge != kDnsPersist01)
    return invalid("name the provider with --provider; `certstead dns providers` lists them", "dns-provider");
  return Done{};
}

Result<DnsAccountView> DnsDesk::add(const std::string& name, const DnsAccountInput& input,
                                    const Actor& actor) {
  CHECK_OK(check_name(name, "DNS account"));
  DnsAccount account;
  account.id = make_id();
  account.name = name;
  account.created = account.secrets_since = context_.clock.now();
  CHECK_OK(apply(input, account));
  account.settings = input.settings;
  DnsSecrets secrets = clone(input.secrets);
  TRY(const auto facts, facts_of(account));
  if (facts) CHECK_OK(name_as_provider(*facts, account.settings, secrets));
  if (!secrets.empty()) {
    TRY(Sealed sealed, seal_dns_secrets(context_.sealer, account.id, 1, secrets));
    account.secrets = std::move(sealed.secret);
    account.grants = std::move(sealed.grants);
  }
  if (facts) CHECK_OK(records_.pool().open_apart(account, secrets, {}));
  CHECK_OK(context_.store.dns_accounts.create_dns_account(account,
                                                          {actor.name, "dns.add", name, account.provider}));
  return show(name);
}

Result<DnsAccountView> DnsDesk::change(std::string_view name, const DnsAccountInput& input,
                                       const Actor& actor) {
  if (!input.secrets.empty())
    return invalid("secrets are changed with `certstead dns rotate`, which proves the new ones first",
                   "dns-secrets");
  TRY(DnsAccount account, context_.store.dns_accounts.find_dns_account(name));
  if (input.provider && *input.provider != account.provider)
    return invalid("the provider of an account stays; add another account", "dns-provider");
  CHECK_OK(apply(input, account));
  TRY(const auto facts, facts_of(account));
  auto settings = input.settings;
  DnsSecrets none;
  if (facts) CHECK_OK(name_as_provider(*facts, settings, none));
  for (auto& [key, value] : settings) {
    if (value.empty()) {
      account.settings.erase(key);
    } else {
      account.settings[key] = value;
    }
  }
  if (facts) {
    TRY(const DnsSecrets secrets, open_dns_secrets(context_.sealer, account));
    CHECK_OK(records_.pool().open_apart(account, secrets, {}));
  }
  CHECK_OK(
      context_.store.dns_accounts.update_dns_account(account, {actor.name, "dns.change", account.name, ""}));
  return show(name);
}

Result<DnsAccountView> DnsDesk::view(DnsAccount account, const std::vector<DnsRecordEntry>& records,
                                     const std::vector<DnsProviderFacts>& providers) {
  DnsAccountView out;
  const auto facts = std::ranges::find(providers, account.provider, &DnsProviderFacts::code);
  if (facts != providers.end()) out.verified = facts->verified;
  TRY(const DnsSecrets secrets, open_dns_secrets(context_.sealer, account));
  for (const auto& [name, value] : secrets) out.secrets.push_back(name);
  for (const DnsRecordEntry& one : records) {
    if (one.account == account.name) out.records.push_back(one);
  }
  if (account.rotate_every && !secrets.empty()) out.rotate_at = account.secrets_since + *account.rotate_every;
  out.traced = records_.pool().traced(account.name);
  out.account = std::move(account);
  return out;
}

Result<std::vector<DnsAccountView>> DnsDesk::list() {
  TRY(auto accounts, context_.store.dns_accounts.list_dns_accounts());
  TRY(const auto records, context_.store.dns_journal.list_dns_records());
  TRY(const auto known, providers());
  std::vector<DnsAccountView> out;
  for (DnsAccount& account : accounts) {
    TRY(DnsAccountView one, view(std::move(account), records, known));
    out.push_back(std::move(one));
  }
  return out;
}

Result<DnsAccountView> DnsDesk::show(std::string_view name) {
  TRY(DnsAccount account, context_.store.dns_accounts.find_dns_account(name));
  TRY(const auto records, context_.store.dns_journal.list_dns_records());
  TRY(const auto known, providers());
  return view(std::move(account), records, known);
}

Status DnsDesk::remove(std::string_view name, const Actor& actor) {
  return context_.store.dns_accounts.delete_dns_account(name,
                                                        {actor.name, "dns.remove", std::string(name), ""});
}

Result<std::vector<DnsProviderFacts>> DnsDesk::providers() {
  std::vector<DnsProviderFacts> out = providers_.built_in();
  TRY(const auto definitions, context_.store.dns_accounts.list_dns_definitions());
  for (const DnsDefinition& definition : definitions) {
    auto facts = providers_.describe(definition);
    if (!facts) {
      context_.log.warning("dns.definition", {{"name", definition.name}, {"error", facts.error().detail}});
      continue;
    }
    facts->code = definition.name;
    out.push_back(std::move(*facts));
  }
  std::ranges::sort(out, {}, &DnsProviderFacts::code);
  return out;
}

Result<DnsProviderFacts> DnsDesk::provider(std::string_view code) {
  TRY(auto all, providers());
  const auto found = std::ranges::find(all, code, &DnsProviderFacts::code);
  if (found != all.end()) return std::move(*found);
  return not_found(
      "there is no DNS provider \"" + printable(code, 60) +
          "\"; `certstead dns providers` lists them, and import-recipe or import-dxl bring others",
      "dns-provider-unknown");
}

Result<DnsImported> DnsDesk::import_definition(std::string name, std::string kind, std::string text,
                                               const Actor& actor) {
  if (text.size() > kMostText) return invalid("a definition has at most 4 MiB", "dns-definition-size");
  if (kind.empty()) kind = trim(text).starts_with('<') ? "dxl" : "recipe";
  if (kind != "dxl" && kind != "recipe")
    return invalid("a definition is a \"recipe\" or \"dxl\", not \"" + printable(kind, 20) + "\"",
                   "dns-kind");
  DnsDefinition definition{std::move(name), std::move(kind), std::move(text), "", context_.clock.now(), 0};
  DnsImported out;
  TRY(const auto known, context_.store.dns_accounts.list_dns_definitions());
  TRY(out.beside, providers_.companions(definition, known));
  if (out.beside.has_definition) CHECK_OK(keep_definition(std::move(definition), out, actor));
  return out;
}

Status DnsDesk::keep_definition(DnsDefinition definition, DnsImported& imported, const Actor& actor) {
  TRY(DnsProviderFacts facts, providers_.describe(definition));
  if (definition.name.empty()) definition.name = facts.code;
  CHECK_OK(check_name(definition.name, "DNS provider definition"));
  for (const DnsProviderFacts& one : providers_.built_in()) {
    if (one.code == definition.name)
      return conflict(one.code + " is built in; give the definition another name", "dns-definition-name");
  }
  definition.text = imported.beside.text;
  const auto before = context_.store.dns_accounts.find_dns_definition(definition.name);
  if (before && before->text == definition.text) definition.approved = before->approved;
  CHECK_OK(context_.store.dns_accounts.put_dns_definition(
      definition, {actor.name, "dns.import", definition.name, definition.kind}));
  facts.code = definition.name;
  imported.facts = std::move(facts);
  return Done{};
}

Status DnsDesk::remove_definition(std::string_view name, const Actor& actor) {
  return context_.store.dns_accounts.delete_dns_definition(
      name, {actor.name, "dns.remove-definition", std::string(name), ""});
}

Status DnsDesk::approve(std::string_view name, const std::string& sha256, const Actor& actor) {
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (sha256.size() != 64 || !std::ranges::all_of(sha256, hex))
    return invalid(
        "a SHA-256 is 64 hexadecimal digits in lower case; `certstead dns providers NAME` says which",
        "dns-hash");
  TRY(DnsDefinition definition, context_.store.dns_accounts.find_dns_definition(name));
  definition.approved = sha256;
  return context_.store.dns_accounts.put_dns_definition(definition,
                                                        {actor.name, "dns.approve", definition.name, sha256});
}

}  // namespace certstead

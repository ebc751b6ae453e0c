#include "dns/recipe_provider.h"

#include <algorithm>

#include "base/text.h"
#include "dns/recipe_request.h"
#include "dns/recipe_run.h"
#include "dns/txt_value.h"
#include "dns/url.h"
#include "json/json.h"

namespace certstead {
namespace {

constexpr int kMostTries = 20;

// Variables by name and value, and whether they are secret.
struct SettingValue {
  std::string name, value;
  bool secret = false;
  bool json = false;
  bool given = false;  // by the account, not the recipe's default
};

class RecipeProvider final : public DnsProvider {
 public:
  RecipeProvider(std::shared_ptr<const DnsRecipe> recipe, std::vector<SettingValue> settings,
                 std::vector<DomainName> domains, Exchange exchange, const RecipeHouse& house)
      : recipe_(std::move(recipe)),
        settings_(std::move(settings)),
        domains_(std::move(domains)),
        exchange_(std::move(exchange)),
        house_(house),
        sessions_(house.clock) {}
  ~RecipeProvider() override {
    for (SettingValue& one : settings_)
      wipe({reinterpret_cast<std::uint8_t*>(one.value.data()), one.value.size()});
  }

  Result<std::string> add(const TxtRecord& record, Deadline deadline) override {
    Scratch scratch;
    CHECK_OK(change("add", record, "", scratch, deadline));
    return scratch.keep(recipe_->keep);
  }
  Status remove(const TxtRecord& record, std::string_view kept, Deadline deadline) override {
    Scratch scratch;
    return change("remove", record, kept, scratch, deadline);
  }

 private:
  Status change(const std::string& action, const TxtRecord& record, std::string_view kept, Scratch& scratch,
                Deadline deadline) {
    if (action == "remove") CHECK_OK(scratch.restore(kept));
    CHECK_OK(set_settings(scratch));
    CHECK_OK(set_record(action, record, scratch));
    RecipeRun run({*recipe_, exchange_, sessions_, house_.clock}, scratch, deadline);
    CHECK_OK(run.log_in());
    CHECK_OK(look_up(run, scratch));
    TRY(const NamedLocks::Hold hold, lock(scratch, deadline));
    for (int tries = 1;; ++tries) {
      const Status done = write(action, run, scratch, deadline);
      const bool again =
          !done && done.error().id == kRecipeConflict && tries < kMostTries && !deadline.passed();
      if (!again) return done;
    }
  }

  Status write(const std::string& action, RecipeRun& run, Scratch& scratch, Deadline deadline) {
    CHECK_OK(run.run(recipe_->query));
    if (recipe_->set) {
      TRY(const bool differs, prepare_set(action, run, scratch, deadline));
      if (!differs) return Done{};
    }
    CHECK_OK(run.run(action == "add" ? recipe_->add : recipe_->remove));
    return run.run(recipe_->finish);
  }

  // Reads the values that stand there and computes those that shall; whether these differ.
  Result<bool> prepare_set(const std::string& action, RecipeRun& run, Scratch& scratch, Deadline deadline) {
    const RecipeSetRules& rules = *recipe_->set;
    const std::string wanted = scratch.text("value");
    boost::json::array after;
    std::vector<std::string> old_texts, texts;
    bool present = false;
    for (const boost::json::value& item : run.list_at(rules.items, run.last_was_xml())) {
      CHECK_OK(scratch.put_answer("item", item));
      TRY(const formula::Value said, rules.text.value(scratch, deadline));
      const std::string text = said.size() == 1 ? said.as_texts().front() : join(said.as_texts(), "");
      old_texts.push_back(text);
      const bool ours = plain_txt(text) == wanted;
      present = present || ours;
      if (ours) continue;
      after.push_back(item);
      texts.push_back(text);
    }
    if (present == (action == "add")) return false;
    if (action == "add") {
      TRY(boost::json::value entry, build_json(rules.entry, {}, scratch, deadline));
      CHECK_OK(scratch.put_answer("item", entry));
      TRY(const formula::Value said, rules.text.value(scratch, deadline));
      after.push_back(std::move(entry));
      texts.push_back(said.as_texts().front());
    }
    CHECK_OK(scratch.set("count", formula::Value(static_cast<double>(after.size()))));
    CHECK_OK(scratch.set("old_count", formula::Value(static_cast<double>(old_texts.size()))));
    CHECK_OK(scratch.set("values", formula::Value::texts(std::move(texts))));
    CHECK_OK(scratch.set("old_values", formula::Value::texts(std::move(old_texts))));
    run.set_values(std::move(after));
    return true;
  }

  Result<NamedLocks::Hold> lock(const Scratch& scratch, Deadline deadline) {
    return house_.locks.take(recipe_->facts.code + " " + scratch.text(recipe_->lock), deadline);
  }

  // What 'lookup' takes is the same for all records of a zone, and asked for once.
  Status look_up(RecipeRun& run, Scratch& scratch) {
    if (recipe_->lookup.empty()) return Done{};
    const std::string zone = scratch.text("zone");
    if (const auto known = sessions_.find("zone " + zone)) {
      for (const auto& [name, value] : *known) CHECK_OK(scratch.set(name, formula::Value(value)));
      return Done{};
    }
    CHECK_OK(run.run(recipe_->lookup));
    SessionCache::Variables taken;
    for (const RecipeStep& step : recipe_->lookup) {
      for (const auto& [name, text] : step.take) taken[name] = scratch.text(name);
    }
    sessions_.put("zone " + zone, std::move(taken), std::chrono::minutes{10});
    return Done{};
  }

  Status set_settings(Scratch& scratch) const {
    for (const SettingValue& one : settings_) {
      if (one.json) {
        CHECK_OK(set_json(one, scratch));
      } else if (one.secret) {
        CHECK_OK(scratch.set_secret(one.name, one.value));
      } else {
        CHECK_OK(scratch.set(one.name, formula::Value(one.value)));
      }
    }
    return Done{};
  }

  static Status set_json(const SettingValue& one, Scratch& scratch) {
    TRY(const boost::json::value json, parse_json(one.value));
    CHECK_OK(scratch.put_answer(one.name, json));
    if (!one.secret) return Done{};
    scratch.hide(one.value);
    scratch.scope().each([&](const std::string& name, const formula::Value& value) {
      if (!name.starts_with(one.name + ".") || name.ends_with("_uri") || name.ends_with("_url")) return;
      for (const char* const word : {"key", "secret", "password", "token"}) {
        if (name.find(word, one.name.size()) != std::string::npos) scratch.hide(value.as_texts().front());
      }
    });
    return Done{};
  }

  Result<std::string> zone_of(const TxtRecord& record, const Scratch& scratch) const {
    std::string zone = lower_ascii(scratch.text("dns_zone"));
    if (zone.empty()) zone = record.zone;
    std::string longest;
    for (const DomainName& domain : domains_) {
      const std::string& text = domain.ascii();
      if ((record.name == text || record.name.ends_with("." + text)) && text.size() > longest.size())
        longest = text;
    }
    if (zone.empty()) zone = longest;
    if (zone.empty() || (record.name != zone && !record.name.ends_with("." + zone))) {
      return invalid("the zone of " + printable(record.name) +
                         " is not known: give the account its domain, or set 'dns_zone'",
                     "dns-zone");
    }
    return zone;
  }

  Status set_record(const std::string& action, const TxtRecord& record, Scratch& scratch) const {
    TRY(const std::string zone, zone_of(record, scratch));
    const bool apex = record.name == zone;
    const std::string host = apex ? "@" : record.name.substr(0, record.name.size() - zone.size() - 1);
    const double ttl = static_cast<double>(parse_number(scratch.text("ttl")).value_or(0));
    CHECK_OK(scratch.set("name", formula::Value(record.name)));
    CHECK_OK(scratch.set("zone", formula::Value(zone)));
    CHECK_OK(scratch.set("host", formula::Value(host)));
    CHECK_OK(scratch.set("value", formula::Value(record.value)));
    CHECK_OK(scratch.set("ttl", formula::Value(ttl)));
    const std::int64_t now = to_unix_ms(house_.clock.now()) / 1000;
    CHECK_OK(scratch.set("now", formula::Value(static_cast<double>(now))));
    return scratch.set("action", formula::Value(action));
  }

  const std::shared_ptr<const DnsRecipe> recipe_;
  std::vector<SettingValue> settings_;
  const std::vector<DomainName> domains_;
  const Exchange exchange_;
  const RecipeHouse house_;
  SessionCache sessions_;
};

Error wrong_setting(const RecipeSetting& setting, const std::string& what) {
  const std::string& variable = setting.facts.environment;
  return invalid("the setting '" + setting.facts.name + "'" +
                     (variable.empty() ? "" : " (" + variable + ")") + " " + what + ": " +
                     setting.facts.about,
                 "dns-setting");
}

Status check_setting(const RecipeSetting& setting, SettingValue& value, ExchangeRules& rules) {
  const std::string& name = setting.facts.name;
  if (value.value.empty()) {
    if (setting.facts.required) return wrong_setting(setting, "is missing");
    return Done{};
  }
  if (value.value.find('\0') != std::string::npos) return wrong_setting(setting, "must not hold a NUL");
  if (name == "ttl" && parse_number(value.value).value_or(0) < 1)
    return wrong_setting(setting, "must be a number of seconds");
  if (setting.json) {
    value.json = true;
    if (!parse_json(value.value)) return wrong_setting(setting, "must be a JSON object");
  }
  if (!setting.url) return Done{};
  while (value.value.ends_with('/')) value.value.pop_back();
  const auto url = parse_url(value.value);
  if (!url || !url->query.empty())
    return wrong_setting(setting, "must be a URL such as https://dns.example.com:8081");
  // Only an address that a person wrote may lead to a private server, or do without TLS.
  if (value.given) rules.origins.push_back(url->origin());
  return Done{};
}

Status check_unknown(const DnsRecipe& recipe, const DnsAccount& account, const DnsSecrets& secrets) {
  const auto check = [&](const std::string& name) -> Status {
    if (recipe.setting(name) != nullptr) return Done{};
    std::vector<std::string> known;
    known.reserve(recipe.settings.size());
    for (const RecipeSetting& setting : recipe.settings) known.push_back(setting.facts.name);
    return invalid(
        recipe.facts.code + " has no setting '" + printable(name, 60) + "'; it has " + join(known, ", "),
        "dns-setting");
  };
  for (const auto& [name, value] : account.settings) CHECK_OK(check(name));
  for (const auto& [name, value] : secrets) CHECK_OK(check(name));
  return Done{};
}

}  // namespace

Result<std::unique_ptr<DnsProvider>> open_recipe(std::shared_ptr<const DnsRecipe> recipe,
                                                 const DnsAccount& account, const DnsSecrets& secrets,
                                                 DnsTrace trace, const RecipeHouse& house) {
  CHECK_OK(check_unknown(*recipe, account, secrets));
  ExchangeRules rules;
  rules.hosts = recipe->hosts;
  std::vector<SettingValue> values;
  for (const RecipeSetting& setting : recipe->settings) {
    SettingValue value{setting.facts.name, setting.fallback, setting.facts.secret};
    if (const auto plain = account.settings.find(value.name);
        plain != account.settings.end() && !plain->second.empty()) {
      value.value = plain->second;
      value.given = true;
    }
    if (const auto secret = secrets.find(value.name); secret != secrets.end()) {
      value.value = view_text(secret->second.reveal());
      value.secret = true;
      value.given = true;
    }
    CHECK_OK(check_setting(setting, value, rules));
    values.push_back(std::move(value));
  }
  Exchange exchange(house.clients, std::move(rules), std::move(trace));
  return std::unique_ptr<DnsProvider>(std::make_unique<RecipeProvider>(
      std::move(recipe), std::move(values), account.domains, std::move(exchange), house));
}

}  // namespace certstead

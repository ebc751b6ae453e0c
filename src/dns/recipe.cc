#include "dns/recipe.h"

#include <algorithm>

#include "base/text.h"
#include "dns/exchange.h"
#include "dns/recipe_reader.h"

namespace certstead {
namespace {

// What a run sets itself, and what formulas take for words of their own.
constexpr std::string_view kTaken[] = {"name",   "host",  "zone",    "value",  "action", "answer",
                                       "item",   "each",  "page",    "status", "body",   "signature",
                                       "method", "url",   "path",    "query",  "now",    "count",
                                       "values", "field", "default", "rem",    "select"};

bool is_setting_name(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= 40 && text.front() >= 'a' && std::ranges::all_of(text, fits) &&
         std::ranges::find(kTaken, text) == std::end(kTaken);
}

bool is_code(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, fits);
}

Status read_setting(const std::string& name, const RecipeNode& node, RecipeSetting& out) {
  if (!is_setting_name(name)) {
    return wrong_in_recipe(node, name,
                           "a setting's name has lower-case letters, digits and '_', and is no word of ours");
  }
  out.facts.name = name;
  CHECK_OK(read_recipe_table(node, {{"env", text_into(out.facts.environment)},
                                    {"about", text_into(out.facts.about)},
                                    {"secret", flag_into(out.facts.secret)},
                                    {"required", flag_into(out.facts.required)},
                                    {"default", text_into(out.fallback)},
                                    {"url", flag_into(out.url)},
                                    {"json", flag_into(out.json)}}));
  if (out.facts.about.empty())
    return wrong_in_recipe(node, name, "the setting needs an 'about' of one sentence");
  if (out.facts.secret && !out.fallback.empty())
    return wrong_in_recipe(node, name, "a secret has no default");
  return Done{};
}

RecipeReader settings_into(std::vector<RecipeSetting>& out) {
  return [&out](const RecipeNode& node) -> Status {
    if (node.kind != RecipeNode::Kind::kTable) return invalid("it must be a table of settings");
    for (const auto& [name, member] : node.members) CHECK_OK(read_setting(name, member, out.emplace_back()));
    return Done{};
  };
}

RecipeReader set_into(std::optional<RecipeSetRules>& out) {
  return [&out](const RecipeNode& node) -> Status {
    RecipeSetRules& rules = out.emplace();
    TRY(rules.text, RecipeText::parse("${item}"));
    rules.entry.kind = RecipeJson::Kind::kText;
    TRY(rules.entry.text, RecipeText::parse("${value}"));
    CHECK_OK(read_recipe_table(node, {{"items", text_into(rules.items)},
                                      {"text", template_into(rules.text)},
                                      {"entry", json_into(rules.entry)}}));
    const bool is_path =
        rules.items == "answer" || rules.items.starts_with("answer.") || rules.items.starts_with("item.");
    if (!is_path) return invalid("'items' must be a path such as \"answer.records\" or \"item.records\"");
    return Done{};
  };
}

RecipeReaders recipe_readers(DnsRecipe& out, std::int64_t& login_seconds) {
  return {{"code", text_into(out.facts.code)},
          {"title", text_into(out.facts.title)},
          {"documentation", text_into(out.facts.documentation)},
          {"verified", text_into(out.facts.verified)},
          {"rights", text_into(out.facts.rights)},
          {"help", text_into(out.facts.help)},
          {"hosts", texts_into(out.hosts)},
          {"settings", settings_into(out.settings)},
          {"headers", templates_into(out.headers)},
          {"sign", sign_into(out.sign)},
          {"ok", template_into(out.ok)},
          {"denied", template_into(out.denied)},
          {"limited", template_into(out.limited)},
          {"error", template_into(out.error)},
          {"ttl", number_into(out.ttl, 1, 86400)},
          {"lock", text_into(out.lock)},
          {"keep", texts_into(out.keep)},
          {"rrset", set_into(out.set)},
          {"login_seconds", number_into(login_seconds, 1, 86400)},
          {"login", steps_into(out.login, "login")},
          {"lookup", steps_into(out.lookup, "lookup")},
          {"query", steps_into(out.query, "query")},
          {"add", steps_into(out.add, "add")},
          {"remove", steps_into(out.remove, "remove")},
          {"finish", steps_into(out.finish, "finish")}};
}

Error wrong(const std::string& what) { return invalid(what, "recipe"); }

Status check_facts(const DnsRecipe& recipe) {
  const DnsProviderFacts& facts = recipe.facts;
  if (!is_code(facts.code)) return wrong("'code' must be of lower-case letters, digits and '-'");
  if (facts.title.empty()) return wrong("'title' is missing");
  if (facts.verified != "server" && facts.verified != "documented" && facts.verified != "unverified")
    return wrong("'verified' must be \"server\", \"documented\" or \"unverified\"");
  if (recipe.add.empty()) return wrong("there is no step 'add'");
  if (recipe.lock != "name" && recipe.lock != "zone") return wrong("'lock' is \"name\" or \"zone\"");
  if (recipe.set && recipe.query.empty())
    return wrong("'rrset' needs a 'query' that reads the values that stand there");
  return Done{};
}

Status check_hosts(const DnsRecipe& recipe) {
  const bool names_servers =
      std::ranges::any_of(recipe.settings, [](const RecipeSetting& setting) { return setting.url; });
  if (recipe.hosts.empty() && !names_servers)
    return wrong("'hosts' is missing: the hosts that the provider's API has, [\"api.example.com\"]");
  for (const std::string& host : recipe.hosts) {
    if (!is_allowed_host_pattern(host))
      return wrong("'hosts': " + printable(host, 80) +
                   " is no host name such as \"api.example.com\" or \"*.api.example.com\"");
  }
  return Done{};
}

Status check_steps(const DnsRecipe& recipe) {
  for (const auto* const steps :
       {&recipe.login, &recipe.lookup, &recipe.query, &recipe.add, &recipe.remove, &recipe.finish}) {
    for (const RecipeStep& step : *steps) {
      if (step.base.empty()) continue;
      const RecipeSetting* const setting = recipe.setting(step.base);
      if (setting == nullptr || !setting->url) {
        return wrong("line " + std::to_string(step.line) + ": request: '" + step.base +
                     "' is no setting with url = true");
      }
    }
  }
  for (const auto& [name, header] : recipe.headers) {
    if (!is_token(name)) return wrong("headers: '" + printable(name, 60) + "' is no header name");
  }
  return Done{};
}

// Every recipe has these two.
void add_common_settings(DnsRecipe& recipe) {
  if (recipe.setting("dns_zone") == nullptr) {
    recipe.settings.push_back(
        {.facts = {.name = "dns_zone",
                   .environment = "",
                   .about = "The zone at the provider, where it is not the one that the DNS shows.",
                   .secret = false,
                   .required = false},
         .fallback = ""});
  }
  if (recipe.setting("ttl") == nullptr) {
    recipe.settings.push_back({.facts = {.name = "ttl",
                                         .environment = "",
                                         .about = "Time to live of the records, in seconds.",
                                         .secret = false,
                                         .required = false},
                               .fallback = std::to_string(recipe.ttl)});
  }
}

}  // namespace

const RecipeSetting* DnsRecipe::setting(std::string_view name) const {
  const auto found = std::ranges::find_if(
      settings, [name](const RecipeSetting& setting) { return setting.facts.name == name; });
  return found == settings.end() ? nullptr : &*found;
}

Result<DnsRecipe> parse_recipe(std::string_view text) {
  TRY(const RecipeNode tree, read_recipe_text(text));
  DnsRecipe out;
  out.facts.kind = "recipe";
  std::int64_t login_seconds = 300;
  CHECK_OK(read_recipe_table(tree, recipe_readers(out, login_seconds)));
  out.login_life = std::chrono::seconds(login_seconds);
  CHECK_OK(check_facts(out));
  CHECK_OK(check_hosts(out));
  CHECK_OK(check_steps(out));
  add_common_settings(out);
  for (const RecipeSetting& setting : out.settings) out.facts.settings.push_back(setting.facts);
  return out;
}

}  // namespace certstead

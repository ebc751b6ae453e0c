#include "dns/dxl_definition.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "dns/dxl_companions.h"
#include "dns/dxl_demands.h"
#include "dxl/dxl.h"

namespace certstead {
namespace {

struct Method {
  std::string_view letter, name;
};
// The letter for PATCH is not known: "A" is ours, and names are understood too.
constexpr Method kMethods[] = {{"G", "GET"}, {"P", "POST"}, {"U", "PUT"}, {"D", "DELETE"}, {"A", "PATCH"}};

Result<std::string> method_of(const std::string& type, std::size_t step) {
  if (trim(type).empty()) return std::string();
  for (const Method& method : kMethods)
    if (equals_ignoring_case(trim(type), method.letter) || equals_ignoring_case(trim(type), method.name))
      return std::string(method.name);
  return invalid(dxl_step_item(step, "HttpType") + " is '" + printable(type, 20) +
                 "', which is none of G, P, U, D and A (GET, POST, PUT, DELETE, PATCH)");
}

// All formulas of a document, read one after another.
class FormulaReader {
 public:
  Result<std::optional<formula::Formula>> read(const std::string& item, const std::string& text) {
    if (trim(text).empty()) return std::optional<formula::Formula>();
    Result<formula::Formula> parsed = formula::Formula::parse(text);
    if (!parsed) return std::move(parsed).error().within(item);
    names_.insert(parsed->names().begin(), parsed->names().end());
    return std::optional<formula::Formula>(std::move(*parsed));
  }
  const std::set<std::string>& names() const { return names_; }
  // Whether a name is read that begins with `prefix`, in lower case.
  bool reads(const std::string& prefix) const {
    const auto at = names_.lower_bound(prefix);
    return at != names_.end() && at->starts_with(prefix);
  }

 private:
  std::set<std::string> names_;
};

Status read_formulas(DxlDefinition& out, FormulaReader& reader) {
  const DxlProviderConfig& config = out.config;
  for (std::size_t i = 0; i < out.steps.size(); ++i) {
    const DxlStep& step = config.steps[i];
    TRY(out.steps[i].method, method_of(step.type, i));
    TRY(out.steps[i].url, reader.read(dxl_step_item(i, "UrlFormula"), step.url));
    TRY(out.steps[i].headers, reader.read(dxl_step_item(i, "HeaderFormula"), step.headers));
    TRY(out.steps[i].body, reader.read(dxl_step_item(i, "PostDataFormula"), step.body));
    TRY(out.steps[i].custom, reader.read(dxl_step_item(i, "CustomFormula"), step.custom));
  }
  TRY(out.status, reader.read("StatusFormula", config.status_formula));
  TRY(out.command_add, reader.read("CommandAddFormula", config.command_add));
  TRY(out.command_del, reader.read("CommandDelFormula", config.command_del));
  TRY(out.command_env, reader.read("CommandEnvFormula", config.command_env));
  for (std::size_t i = 0; i < out.steps.size(); ++i)
    out.steps[i].answer_is_read = reader.reads("retjson_" + lower_ascii(DxlProviderConfig::kSteps[i])) ||
                                  out.steps[i].custom.has_value();
  return Done{};
}

// The letters of the other kinds are not known, so that what is there decides.
Result<DxlDefinition::Kind> kind_of(const DxlDefinition& definition) {
  const bool http = equals_ignoring_case(trim(definition.config.type), "H");
  if (http || (!definition.config.has_command() && !definition.config.has_agent())) {
    if (!definition.steps[2].method.empty() && definition.steps[2].url) return DxlDefinition::Kind::kHttp;
    return invalid("it adds nothing: ReqAddHttpType and ReqAddUrlFormula are needed");
  }
  if (!definition.config.has_command())
    return invalid(
        "it calls an agent of a Domino database, which only Domino can run: use a document with HTTP "
        "requests, a recipe, or a program (exec)",
        "dxl-agent");
  if (definition.command_add) return DxlDefinition::Kind::kCommand;
  return invalid("it adds nothing: CommandAddFormula is needed");
}

std::string about_setting(const std::string& name) {
  static const std::map<std::string, std::string, std::less<>> kAbout = {
      {"cfg_DnsZone", "Zone or id of it at the provider (DNS Zone)."},
      {"cfg_UserName", "User name."},
      {"cfg_InternetAddress", "Mail address of the account."},
      {"cfg_Password", "Password."},
      {"cfg_AuthKey", "Authorization key."},
      {"cfg_AuthToken", "Authorization token."},
      {"cfg_CustomValue", "A value that the document explains."},
      {"cfg_URL", "Base of the provider's API, in the place of the document's own."}};
  const auto found = kAbout.find(name);
  return found == kAbout.end() ? "A value that the document's formulas read." : found->second;
}

// The items of an account, and whatever else the formulas read of this kind.
std::vector<DnsSettingFacts> settings_of(const DxlProviderConfig& config,
                                         const std::set<std::string>& names) {
  std::vector<std::string> known = {"cfg_URL",      "cfg_DnsZone", "cfg_UserName",  "cfg_InternetAddress",
                                    "cfg_Password", "cfg_AuthKey", "cfg_AuthToken", "cfg_CustomValue"};
  const auto has = [](const std::vector<std::string>& list, const std::string& name) {
    return std::ranges::any_of(list, [&](const std::string& one) { return equals_ignoring_case(one, name); });
  };
  for (const auto& setting : config.settings)
    if (!has(known, setting.first)) known.push_back(setting.first);
  for (const std::string& name : names)
    if (name.starts_with("cfg_") && !has(known, name)) known.push_back(name);
  std::vector<DnsSettingFacts> out;
  for (const std::string& name : known) {
    DnsSettingFacts facts;
    facts.name = name;
    facts.about = about_setting(name);
    facts.secret = is_secret_dxl_name(name);
    out.push_back(std::move(facts));
  }
  return out;
}

std::string help_of(const DxlDefinition& definition) {
  const DxlProviderConfig& config = definition.config;
  std::string help = demands_for_people(definition) + config.help;
  if (!config.version.empty() || !config.author.empty())
    help += "\n\nVersion " + config.version + (config.author.empty() ? "" : " by " + config.author) + ".";
  if (config.delay_seconds)
    help += "\n\nThe document waits " +
            describe(
                Duration(static_cast<std::int64_t>(std::clamp(*config.delay_seconds, 0.0, 86400.0) * 1000))) +
            " after adding; here the DNS servers are asked instead, and the account's delay says otherwise.";
  return help + scripts_for_people(definition);
}

void fill_facts(DxlDefinition& out) {
  DnsProviderFacts& facts = out.facts;
  facts.code = out.config.name;
  facts.title = out.config.provider_name.empty() ? out.config.name : out.config.provider_name;
  facts.kind = "dxl";
  facts.verified = "unverified";
  facts.documentation = out.config.documentation_url;
  facts.settings = settings_of(out.config, out.names);
  facts.help = std::string(trim(help_of(out)));
}

Result<DxlProviderConfig> find_config(const std::vector<DxlDocument>& documents, std::string_view name) {
  std::vector<DxlProviderConfig> configs;
  for (const DxlDocument& document : documents) {
    if (!equals_ignoring_case(document.form, DxlProviderConfig::kForm)) continue;
    TRY(DxlProviderConfig config, DxlProviderConfig::from(document));
    configs.push_back(std::move(config));
  }
  if (configs.empty()) return invalid("the DXL holds no provider configuration (form DnsProviderConfig)");
  const auto named = std::ranges::find_if(
      configs, [&](const DxlProviderConfig& config) { return equals_ignoring_case(config.name, name); });
  if (named != configs.end()) return std::move(*named);
  if (configs.size() == 1) return std::move(configs[0]);
  return invalid("the DXL holds " + std::to_string(configs.size()) +
                 " provider configurations; name one of them, such as '" + printable(configs[0].name, 60) +
                 "'");
}

}  // namespace

std::string dxl_step_item(std::size_t step, std::string_view suffix) {
  return "Req" + std::string(DxlProviderConfig::kSteps[step]) + std::string(suffix);
}

Result<DxlDefinition> parse_dxl_definition(std::string_view dxl, std::string_view name) {
  DxlDefinition out;
  TRY(const std::vector<DxlDocument> documents, parse_dxl(dxl));
  TRY(out.config, find_config(documents, name));
  const std::string place = "the document '" + printable(out.config.name, 60) + "'";
  FormulaReader reader;
  if (Status read = read_formulas(out, reader); !read) return std::move(read).error().within(place);
  Result<DxlDefinition::Kind> kind = kind_of(out);
  if (!kind) return std::move(kind).error().within(place);
  out.kind = *kind;
  find_demands(out);
  out.names = reader.names();
  fill_facts(out);
  return out;
}

}  // namespace certstead

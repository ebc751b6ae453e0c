#include "dxl/provider_config.h"

#include "base/text.h"
#include "dxl/number.h"

namespace certstead {
namespace {

constexpr std::string_view kDelay = "cfg_DnsProviderDelay";

// Every item that is one text, and where it goes.
struct TextItem {
  std::string_view item;
  std::string DxlProviderConfig::*member;
};

constexpr TextItem kTexts[] = {
    {"DnsProviderConfigName", &DxlProviderConfig::name},
    {"ProviderName", &DxlProviderConfig::provider_name},
    {"Website", &DxlProviderConfig::website},
    {"DocumentationURL", &DxlProviderConfig::documentation_url},
    {"ReferenceURL", &DxlProviderConfig::reference_url},
    {"Version", &DxlProviderConfig::version},
    {"Author", &DxlProviderConfig::author},
    {"Log", &DxlProviderConfig::log},
    {"Status", &DxlProviderConfig::status},
    {"DnsProviderType", &DxlProviderConfig::type},
    {"EnableTracing", &DxlProviderConfig::tracing},
    {"StatusFormula", &DxlProviderConfig::status_formula},
    {"CommandAddFormula", &DxlProviderConfig::command_add},
    {"CommandDelFormula", &DxlProviderConfig::command_del},
    {"CommandEnvFormula", &DxlProviderConfig::command_env},
    {"AgentDatabase", &DxlProviderConfig::agent_database},
    {"AgentNameAdd", &DxlProviderConfig::agent_add},
    {"AgentNameDel", &DxlProviderConfig::agent_del},
};

struct StepItem {
  std::string_view suffix;
  std::string DxlStep::*member;
};

constexpr StepItem kStepTexts[] = {
    {"HttpType", &DxlStep::type},         {"UrlFormula", &DxlStep::url},
    {"HeaderFormula", &DxlStep::headers}, {"PostDataFormula", &DxlStep::body},
    {"CustomFormula", &DxlStep::custom},
};

std::string step_item(std::size_t step, std::string_view suffix) {
  return "Req" + std::string(DxlProviderConfig::kSteps[step]) + std::string(suffix);
}

bool is_setting(std::string_view name) {
  return equals_ignoring_case(name.substr(0, 4), "cfg_") && !equals_ignoring_case(name, kDelay);
}

void read_settings(const DxlDocument& document, DxlProviderConfig& out) {
  for (const DxlItem& item : document.items)
    if (is_setting(item.name)) out.settings.emplace(item.name, item);
}

void add_rich_text(DxlDocument& document, std::string name, const std::string& text) {
  document.items.push_back({std::move(name), DxlItem::Kind::kRichText, {text}, {}, false});
}

}  // namespace

Result<DxlProviderConfig> DxlProviderConfig::from(const DxlDocument& document) {
  if (!equals_ignoring_case(document.form, kForm))
    return invalid("the document has the form '" + printable(document.form, 60) + "', not DnsProviderConfig");
  DxlProviderConfig out;
  for (const TextItem& text : kTexts) out.*text.member = document.text(text.item);
  // Newer documents have these names.
  if (out.agent_add.empty()) out.agent_add = document.text("AgentAddName");
  if (out.agent_del.empty()) out.agent_del = document.text("AgentDelName");
  out.help = document.text("Body");
  out.comments = document.text("Comments");
  out.delay_seconds = document.number(kDelay);
  for (std::size_t i = 0; i < kSteps.size(); ++i)
    for (const StepItem& text : kStepTexts)
      out.steps[i].*text.member = document.text(step_item(i, text.suffix));
  read_settings(document, out);
  out.attachments = document.attachments;
  if (trim(out.name).empty()) return invalid("the provider configuration has no DnsProviderConfigName");
  return out;
}

DxlDocument DxlProviderConfig::to_document() const {
  DxlDocument out;
  out.form = kForm;
  add_rich_text(out, "Body", help);
  add_rich_text(out, "Comments", comments);
  for (const TextItem& text : kTexts) out.add_text(std::string(text.item), this->*text.member);
  if (delay_seconds) out.add_number(std::string(kDelay), *delay_seconds);
  for (std::size_t i = 0; i < kSteps.size(); ++i)
    for (const StepItem& text : kStepTexts)
      if (text.suffix != "CustomFormula" || i == 0 || !(steps[i].*text.member).empty())
        out.add_text(step_item(i, text.suffix), steps[i].*text.member);
  for (const auto& setting : settings) out.items.push_back(setting.second);
  out.attachments = attachments;
  return out;
}

}  // namespace certstead

#include "dns/dxl_demands.h"

#include <algorithm>
#include <set>

#include "base/codec.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "dns/dxl_definition.h"
#include "dns/exchange.h"
#include "dns/url.h"
#include "formula/program.h"

namespace certstead {
namespace {

// The URLs that begin somewhere in a text: each up to the first character that ends its host.
class Places {
 public:
  void read(std::string_view text) {
    for (const std::string_view scheme : {"https://", "http://"}) {
      for (std::size_t at = text.find(scheme); at != std::string_view::npos; at = text.find(scheme, at + 1))
        add(text.substr(at, text.find_first_of("/?\"' \t\n", at + scheme.size()) - at));
    }
  }
  void look_in(const formula::Value& value) {
    for (const std::string& text : value.texts()) read(text);
  }
  void look_in(const formula::Node& node) {
    if (node.kind == formula::Node::Kind::kConstant) look_in(node.constant);
    for (const formula::Node& child : node.children) look_in(child);
  }
  void look_in(const std::optional<formula::Formula>& formula) {
    if (!formula) return;
    for (const formula::Node& statement : formula->program().statements) look_in(statement);
  }

  std::set<std::string> hosts, origins;

 private:
  void add(std::string_view text) {
    const Result<Url> url = parse_url(text);
    if (!url) return;
    const std::string host = url->host + (url->port.empty() ? "" : ":" + url->port);
    if (url->scheme == "https" && is_allowed_host_pattern(host))
      hosts.insert(host);
    else
      origins.insert(url->origin());
  }
};

std::string on_one_line(std::string_view name, const std::string& formula) {
  return formula.empty() ? "" : std::string(name) + " " + printable(formula, formula.size() * 4) + "\n";
}

std::string command_demands(const DxlDefinition& definition) {
  const DxlProviderConfig& config = definition.config;
  std::string out = on_one_line("add", config.command_add) + on_one_line("remove", config.command_del) +
                    on_one_line("environment", config.command_env);
  for (const DxlAttachment& file : config.attachments)
    out += "script " + printable(file.name) + " SHA-256 " + sha256_hex(file.content) + "\n";
  return out;
}

// Over the exact bytes, whatever people are shown of them.
std::string digest_of(const DxlDefinition& definition) {
  const DxlProviderConfig& config = definition.config;
  Encoder encoder;
  encoder.text("certstead dxl demands 1");
  for (const std::string& origin : definition.origins) encoder.text(origin);
  if (definition.kind == DxlDefinition::Kind::kCommand) {
    encoder.text(config.command_add).text(config.command_del).text(config.command_env);
    for (const DxlAttachment& file : config.attachments) encoder.text(file.name).bytes(file.content);
  }
  return sha256_hex(encoder.out());
}

// As printable(), line by line.
std::string printable_lines(std::string_view text) {
  constexpr std::size_t kMost = 16384;
  std::string out;
  for (const std::string_view line : split(text.substr(0, kMost), '\n')) out += printable(line, 2000) + "\n";
  return out + (text.size() > kMost ? "...\n" : "");
}

}  // namespace

void find_demands(DxlDefinition& definition) {
  Places places;
  for (const auto& setting : definition.config.settings)
    for (const std::string& text : setting.second.texts) places.read(text);
  for (const DxlStepFormulas& step : definition.steps)
    for (const auto* formula : {&step.url, &step.headers, &step.body, &step.custom}) places.look_in(*formula);
  definition.hosts.assign(places.hosts.begin(), places.hosts.end());
  if (definition.kind == DxlDefinition::Kind::kCommand) {
    definition.demands = command_demands(definition);
  } else {
    definition.origins.assign(places.origins.begin(), places.origins.end());
    for (const std::string& origin : definition.origins) definition.demands += "reach " + origin + "\n";
  }
  if (!definition.demands.empty()) definition.demands_sha256 = digest_of(definition);
}

std::string demands_for_people(const DxlDefinition& definition) {
  if (definition.demands.empty()) return "";
  return "Before it is used, somebody has to approve what it wants to do:\n" + definition.demands +
         "SHA-256 to approve: " + definition.demands_sha256 + "\n\n";
}

std::string scripts_for_people(const DxlDefinition& definition) {
  if (definition.kind != DxlDefinition::Kind::kCommand) return "";
  std::string out;
  for (const DxlAttachment& file : definition.config.attachments)
    out += "\n\nThe script " + printable(file.name) + ":\n" + printable_lines(view_text(file.content));
  return out;
}

}  // namespace certstead

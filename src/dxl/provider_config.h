// A DNS provider configuration (form DnsProviderConfig): how to write TXT records at one provider.
#pragma once

#include <array>
#include <map>
#include <optional>

#include "base/result.h"
#include "dxl/document.h"

namespace certstead {

// One request, described by formulas. "" for what is not there.
struct DxlStep {
  std::string
      type;  // "G" GET, "P" POST, "U" PUT, "D" DELETE, "A" PATCH or a method's name; "": the step is not used
  std::string url, headers, body;
  std::string custom;  // runs after the step and stores what later ones need

  bool operator==(const DxlStep&) const = default;
};

struct DxlProviderConfig {
  static constexpr std::string_view kForm = "DnsProviderConfig";
  // In the order in which they run; the last two take the record away again.
  static constexpr std::array<std::string_view, 5> kSteps = {"Lookup", "QryAdd", "Add", "QryDel", "Del"};

  std::string name;  // by which accounts name it
  std::string provider_name, website, documentation_url, reference_url, version, author;
  std::string help, comments, log, status;
  std::string type;     // "H": HTTP requests; commands and agents otherwise
  std::string tracing;  // "", "1" or "2"
  std::optional<double> delay_seconds;
  std::string status_formula;
  std::array<DxlStep, 5> steps;  // as kSteps
  std::string command_add, command_del, command_env;
  std::string agent_database, agent_add, agent_del;
  std::map<std::string, DxlItem> settings;  // the cfg_* items, by name as written; without the delay
  std::vector<DxlAttachment> attachments;

  // kInvalid if the form is another one or the name is missing.
  static Result<DxlProviderConfig> from(const DxlDocument& document);
  DxlDocument to_document() const;

  bool has_command() const { return !command_add.empty() || !command_del.empty() || !command_env.empty(); }
  bool has_agent() const { return !agent_database.empty() || !agent_add.empty() || !agent_del.empty(); }

  bool operator==(const DxlProviderConfig&) const = default;
};

}  // namespace certstead

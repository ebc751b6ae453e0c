// A provider configuration of HCL Domino as a definition: read from DXL, its formulas checked.
#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dxl/provider_config.h"
#include "formula/formula.h"
#include "model/dns_provider.h"

namespace certstead {

struct DxlStepFormulas {
  std::string method;                                          // "GET" ...; "" for a step that is not used
  std::optional<formula::Formula> url, headers, body, custom;  // nothing where the item is empty
  bool answer_is_read = false;                                 // some formula reads retJSON_<Step>
};

struct DxlDefinition {
  enum class Kind { kHttp, kCommand };
  Kind kind = Kind::kHttp;
  DxlProviderConfig config;
  DnsProviderFacts facts;
  std::set<std::string> names;           // those that its formulas read, in lower case
  std::array<DxlStepFormulas, 5> steps;  // as DxlProviderConfig::kSteps
  std::optional<formula::Formula> status, command_add, command_del, command_env;
  std::vector<std::string> hosts;    // public https hosts that it names
  std::vector<std::string> origins;  // others: http, addresses, names of one label
  // What a person has to agree to before it runs, a line each: its commands, its scripts with their SHA-256,
  // the origins. "" if there is nothing.
  std::string demands;
  // SHA-256 (hex) over all of it; "" if there is nothing. DnsDefinition::approved has to be the same.
  std::string demands_sha256;
};

// Reads the DnsProviderConfig in `dxl`: the one called `name` if there are several. kInvalid, naming
// document, item, line and cause; also for one that calls agents, since these run in Domino alone.
Result<DxlDefinition> parse_dxl_definition(std::string_view dxl, std::string_view name);

// The item of a step: step_item(2, "UrlFormula") is "ReqAddUrlFormula".
std::string dxl_step_item(std::size_t step, std::string_view suffix);

}  // namespace certstead

#include "model/deployment.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/served_probe.h"

namespace certstead {
namespace {

constexpr std::array<std::pair<DeployOutcome, std::string_view>, 3> kOutcomes = {
    {{DeployOutcome::kDone, "done"},
     {DeployOutcome::kFailed, "failed"},
     {DeployOutcome::kNotServed, "not-served"}}};

bool same(const DeployedCertificate& a, const DeployedCertificate& b) {
  return a.path == b.path && a.key_type == b.key_type && a.fingerprint == b.fingerprint;
}

bool same(const ServedCertificate& a, const ServedCertificate& b) {
  return a.target == b.target && a.kind == b.kind && a.serial == b.serial && a.expected == b.expected &&
         a.problem == b.problem;
}

template <class T>
bool all_same(const std::vector<T>& a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const T& x, const T& y) { return same(x, y); });
}

}  // namespace

std::string_view deploy_outcome_name(DeployOutcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)].second;
}

Result<DeployOutcome> parse_deploy_outcome(std::string_view text) {
  for (const auto& [outcome, name] : kOutcomes) {
    if (name == text) return outcome;
  }
  return invalid("\"" + printable(text, 40) +
                 "\" is no outcome of a deployment; there is done, failed, not-served");
}

bool same_state(const DeploymentReport& a, const DeploymentReport& b) {
  return a.name == b.name && a.host == b.host && a.set_name == b.set_name && a.layout == b.layout &&
         a.outcome == b.outcome && a.error == b.error && a.error_id == b.error_id &&
         all_same(a.deployed, b.deployed) && all_same(a.served, b.served);
}

std::string host_under(const std::vector<std::string>& names) {
  const auto host = std::find_if(names.begin(), names.end(),
                                 [](const std::string& name) { return !name.starts_with("*."); });
  if (host != names.end()) return *host;
  return names.empty() ? "" : "certstead-proof" + names.front().substr(1);
}

}  // namespace certstead

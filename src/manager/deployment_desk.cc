#include "manager/deployment_desk.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kLongestName = 100;

std::string detail_of(const DeploymentReport& report) {
  std::string out =
      report.set_name + " on " + report.host + ": " + std::string(deploy_outcome_name(report.outcome));
  if (!report.error.empty()) out += ": " + report.error;
  return printable(out, 1000);
}

}  // namespace

Result<DeploymentReport> DeploymentDesk::take(DeploymentReport report, const Actor& actor) {
  if (report.name.empty() || report.name.size() > kLongestName || report.set_name.empty())
    return invalid("a report names its deployment (at most 100 bytes) and its set", "deployment-name");
  if (report.layout == kViewLayout || report.name.find(':') != std::string::npos)
    return invalid(
        "what is proved of a view is the manager's own to say; name the deployment without a colon",
        "deployment-name");
  const Instant now = context_.clock.now();
  report.reported = std::min(report.reported, now);
  for (std::optional<Instant>* const at : {&report.deployed_at, &report.proved_at}) {
    if (*at) *at = std::min(**at, now);
  }
  CHECK_OK(context_.store.deployments.put_deployment(
      report, {actor.name, "deployment.report", report.name, detail_of(report)}));
  return report;
}

Status DeploymentDesk::forget(std::string_view name, const Actor& actor) {
  return context_.store.deployments.delete_deployment(
      name, {actor.name, "deployment.forget", std::string(name), ""});
}

}  // namespace certstead

// Use cases of deployments: what hosts report of them. What is deployed is configured on the hosts, never
// here.
#pragma once

#include "manager/context.h"

namespace certstead {

class DeploymentDesk {
 public:
  explicit DeploymentDesk(Context context) : context_(context) {}

  // Takes what a host reports; a time that is yet to come counts as now. Yields what was stored.
  Result<DeploymentReport> take(DeploymentReport report, const Actor& actor);
  Result<DeploymentReport> show(std::string_view name) {
    return context_.store.deployments.find_deployment(name);
  }
  Result<std::vector<DeploymentReport>> list() { return context_.store.deployments.list_deployments(); }
  // The host deploys it no longer.
  Status forget(std::string_view name, const Actor& actor);

 private:
  Context context_;
};

}  // namespace certstead

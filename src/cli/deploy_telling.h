// Telling the manager what the deployments of this host report.
#pragma once

#include "cli/api_client.h"
#include "deploy/host.h"

namespace certstead {

// Sends one report. Errors as ApiClient.
Status send_report(ApiClient& api, const DeploymentReport& report);

}  // namespace certstead

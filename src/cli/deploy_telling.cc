#include "cli/deploy_telling.h"

#include <boost/json/object.hpp>

#include "deploy/report_json.h"

namespace certstead {
namespace {

// A manager that hangs must not keep a host from deploying.
constexpr Duration kTellPatience = std::chrono::seconds{10};

}  // namespace

Status send_report(ApiClient& api, const DeploymentReport& report) {
  CHECK_OK(api.put("/deployments/" + url_escape(report.name), report_to_json(report), kTellPatience));
  return Done{};
}

}  // namespace certstead

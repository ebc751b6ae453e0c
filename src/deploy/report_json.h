// Reports of deployments as JSON: what a host remembers of each.
#pragma once

#include <boost/json/object.hpp>

#include "model/deployment.h"

namespace certstead {

boost::json::object report_to_json(const DeploymentReport& report);
// Strict: kInvalid names the first member that is wrong or that nobody knows. At most 100 files and 200
// handshakes. The name is the caller's, it need not stand in `value`.
Result<DeploymentReport> report_from_json(const boost::json::value& value, std::string name);

}  // namespace certstead

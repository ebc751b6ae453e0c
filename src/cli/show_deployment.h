// How the report of a deployment looks to people.
#pragma once

#include "cli/show.h"

namespace certstead {

// `report`: as deploy/report_json.h writes it.
Facts facts_of_deployment(const boost::json::value& report, Instant now);

}  // namespace certstead

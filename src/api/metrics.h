// What a Prometheus server reads.
#pragma once

#include "manager/manager.h"

namespace certstead {

// The text format, version 0.0.4. Times are gauges of unix seconds. Reads every set and the newest jobs.
Result<std::string> metrics_text(Manager& manager, std::string_view version);
// `value` as it stands between the quotes of a label.
std::string metric_label(std::string_view value);

}  // namespace certstead

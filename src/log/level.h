// Names of the log levels, as configuration files and log lines spell them.
#pragma once

#include "base/log_sink.h"
#include "base/result.h"

namespace certstead {

// "debug", "info", "warning", "error".
std::string_view level_name(Level level);
// Takes those names in any case, and "warn". Error: kInvalid, listing them.
Result<Level> parse_level(std::string_view text);

}  // namespace certstead

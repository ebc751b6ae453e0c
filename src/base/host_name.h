#pragma once

#include <optional>
#include <string>

namespace certstead {

// What this host calls itself (gethostname(2)), as it is set and not checked; nothing if it can't be told.
std::optional<std::string> host_name();

}  // namespace certstead

// Ports that nobody uses at the moment.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"

namespace certstead {

// `count` different TCP ports of 127.0.0.1 that were free (for UDP as well) while this call ran. Somebody
// else may take them before the caller does. kUnavailable if there are none.
Result<std::vector<std::uint16_t>> free_ports(std::size_t count);

}  // namespace certstead

// `certstead gateway`.
#pragma once

#include "cli/server_options.h"

namespace certstead {

// Runs until SIGTERM or SIGINT. Returns the exit code. Opens nothing but its view.
int run_gateway(const GatewaySettings& options);

}  // namespace certstead

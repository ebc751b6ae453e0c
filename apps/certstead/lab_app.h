// `certstead lab`: Pebble, its challenge server, a manager and a gateway, set up against each other on
// loopback.
#pragma once

#include "cli/server_options.h"

namespace certstead {

// Runs until SIGTERM or SIGINT; then everything it started is stopped. Returns the exit code.
int run_lab(const LabOptions& options);

}  // namespace certstead

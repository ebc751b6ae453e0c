// `certstead manager`: everything built, connected and run in one place.
#pragma once

#include "cli/server_options.h"

namespace certstead {

// Runs until SIGTERM or SIGINT. Returns the exit code.
int run_manager(const ManagerOptions& options);

}  // namespace certstead

// `certstead deploy watch`.
#pragma once

#include "cli/server_options.h"

namespace certstead {

// Runs until SIGTERM or SIGINT and returns the exit code. Unlike the other servers it may run as root: it
// writes root's files and runs the commands that root wrote into deploy.d; from the manager it takes
// certificates alone, never a command or a path.
int run_deploy_watch(const DeployWatchOptions& options);

}  // namespace certstead

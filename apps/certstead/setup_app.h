// `certstead setup`: what has to be on a host before its manager can start.
#pragma once

#include "cli/local_options.h"

namespace certstead {

// Makes the user and group (as root only), the directories with their modes, the store with the identity, and
// the configuration file. What is there already stays as it is. kConflict if the configuration names other
// places.
Result<LocalAnswer> set_up(const SetupOptions& options);

}  // namespace certstead

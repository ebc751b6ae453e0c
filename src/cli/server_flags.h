// Flags that servers share.
#pragma once

#include "cli/server_options.h"
#include "cli/verb.h"

namespace certstead {

// --log-format and --log-level.
void add_log_flags(Verb& verb, LogOptions& into);

}  // namespace certstead

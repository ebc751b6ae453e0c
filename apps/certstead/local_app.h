// What the program does on this host's files without a manager: recipients' keys, backups, offline reading.
#pragma once

#include "cli/local_options.h"

namespace certstead {

LocalVerbs local_verbs();

}  // namespace certstead

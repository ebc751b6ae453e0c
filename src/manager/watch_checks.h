// The looking part of a round of the watch.
#pragma once

#include "manager/watch.h"

namespace certstead {

// Looks at versions whose check is due. Returns how many.
Result<std::size_t> run_version_checks(const HealthContext& context, const WatchOptions& options);
// Shakes hands with watched addresses whose look is due. Returns how many.
Result<std::size_t> run_handshakes(const HealthContext& context, const WatchOptions& options);
// Reads the directory of one CA whose terms were not looked at for a day.
Status look_at_terms(const HealthContext& context, const WatchOptions& options);

}  // namespace certstead

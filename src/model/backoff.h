// When to try again after failures. Pure.
#pragma once

#include <string_view>

#include "base/clock.h"

namespace certstead {

// The pause after the `failures`-th failure in a row (1 = first): 1, 2, 5, 10 minutes, then rising to 6
// hours, jittered by `id` within +-10 %. At most 27 tries fall into the first 24 hours.
Duration backoff(int failures, std::string_view id);

// The least pause after a certificate that was issued and is of no use: each such try costs one of what a CA
// counts by the week, and two a day are enough to see that it has mended its ways.
constexpr Duration kPauseAfterBadCertificate = std::chrono::hours{13};

}  // namespace certstead

// When to renew. Pure.
#pragma once

#include <string_view>

#include "base/clock.h"

namespace certstead {

// The moment to renew a certificate for which the CA gives no window: spread by `id` over the last third of
// its life, or over its last half if it lives less than ten days, so that certificates made together are not
// renewed together. The same id gives the same moment. Never before `not_before`.
Instant renew_at(Instant not_before, Instant not_after, std::string_view id);
// A moment within the CA's window (RFC 9773 section 4.2), spread by `id`; `now` if the window is over.
Instant renew_within(Instant start, Instant end, std::string_view id, Instant now);

}  // namespace certstead

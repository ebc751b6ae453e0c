// The Retry-After header (RFC 9110 section 10.2.3).
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace certstead {

// Longer waits are cut to these.
inline constexpr Duration kLongestRetry = std::chrono::hours{24 * 7};  // after a refusal
inline constexpr Duration kLongestPoll = std::chrono::hours{1};        // between two looks at an order

// Seconds or an HTTP date; a date in the past is 0. Nothing if it is neither. Numbers too large for a
// Duration are a hundred years.
std::optional<Duration> read_retry_after(std::string_view value, Instant now);

}  // namespace certstead

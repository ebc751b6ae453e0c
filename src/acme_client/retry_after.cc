#include "acme_client/retry_after.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {

std::optional<Duration> read_retry_after(std::string_view value, Instant now) {
  constexpr Duration kHundredYears = std::chrono::hours{24 * 36525};
  const std::string_view text = trim(value);
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos) {
    const auto number = parse_number(text);
    const std::uint64_t limit = std::chrono::duration_cast<std::chrono::seconds>(kHundredYears).count();
    return std::chrono::seconds{std::min(number.value_or(limit), limit)};
  }
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  return std::max(*date - now, Duration{0});
}

}  // namespace certstead

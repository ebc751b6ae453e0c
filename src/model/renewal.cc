#include "model/renewal.h"

#include <algorithm>

#include "model/spread.h"

namespace certstead {
namespace {

constexpr Duration kShortLife = std::chrono::days{10};

Instant between(Instant start, Instant end, std::string_view id) {
  const auto span = static_cast<double>((end - start).count());
  return start + Duration{static_cast<std::int64_t>(span * spread(id, "renewal"))};
}

}  // namespace

Instant renew_at(Instant not_before, Instant not_after, std::string_view id) {
  const Duration life = std::max(not_after - not_before, Duration{0});
  const Duration kept = life < kShortLife ? life / 2 : life - life / 3;
  // The last tenth is left for the tries that a failing CA costs.
  const Instant end = not_before + life - life / 10;
  return between(not_before + kept, std::max(end, not_before + kept), id);
}

Instant renew_within(Instant start, Instant end, std::string_view id, Instant now) {
  if (end <= now || end <= start) return now;
  return std::max(between(start, end, id), now);
}

}  // namespace certstead

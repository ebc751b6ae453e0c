#include "model/backoff.h"

#include <algorithm>
#include <array>

#include "model/spread.h"

namespace certstead {
namespace {

// Minutes after the first, second, ... failure. The sum of the first 26 pauses is more than a day.
constexpr std::array kMinutes = {1,  2,  5,  10, 10, 10,  20,  20,  20,  30,  30,  30,  60, 60,
                                 60, 60, 60, 90, 90, 120, 120, 120, 180, 180, 240, 240, 360};

}  // namespace

Duration backoff(int failures, std::string_view id) {
  const auto row = static_cast<std::size_t>(std::clamp(failures, 1, static_cast<int>(kMinutes.size())) - 1);
  const double jitter = 0.9 + 0.2 * spread(id, "backoff");
  return Duration{static_cast<std::int64_t>(kMinutes[row] * 60'000 * jitter)};
}

}  // namespace certstead

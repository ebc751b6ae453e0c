// Forgets what is over: finished jobs with their progress, and versions whose certificates expired long ago.
#pragma once

#include <functional>
#include <optional>

#include "manager/context.h"

namespace certstead {

// The setting that says for how many days a finished job is kept, and its value unless set.
inline constexpr std::string_view kKeepJobsDays = "keep-jobs-days";
inline constexpr int kKeepJobsDaysDefault = 30;
// How long a version that is not active is kept after its certificate has expired.
inline constexpr std::chrono::days kKeepExpired{30};

class Housekeeping {
 public:
  Housekeeping(const Context& context, std::function<bool()> stopping)
      : context_(context), stopping_(std::move(stopping)) {}
  // Looks at most once an hour of the clock's elapsed time, and at once at first. Works in small
  // transactions; ends early when `stopping`. One thread at a time.
  Status look();

 private:
  Result<Duration> keep_jobs() const;

  const Context& context_;
  const std::function<bool()> stopping_;
  std::optional<Duration> last_;
};

}  // namespace certstead

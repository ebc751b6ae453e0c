// Port: how far the members on this host have come. What the executor waits for before it tells a CA to look.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace certstead {

class MemberProgress {
 public:
  virtual ~MemberProgress() = default;
  // Blocks until every local view shows the feed up to `seq`. kUnavailable at the deadline, naming the view
  // that lags.
  virtual Status wait_applied(std::int64_t seq, Deadline deadline) = 0;
};

}  // namespace certstead

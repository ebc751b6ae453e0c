// Port: moments that must survive a restart and are no event for the audit log ("the watch ran last at ...").
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/result.h"

namespace certstead {

class Beats {
 public:
  virtual ~Beats() = default;
  virtual Status put_beat(std::string_view what, Instant at) = 0;
  virtual Result<std::optional<Instant>> beat(std::string_view what) = 0;
};

}  // namespace certstead

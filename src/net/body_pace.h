// How long a sender may take for its body.
#pragma once

#include "base/clock.h"

namespace certstead {

// Time runs only while we wait for the sender: one whose body we are slow to pass on is not to blame.
class BodyPace {
 public:
  // A body earns a second for every `bytes_per_second`, on top of `grace`.
  BodyPace(Duration grace, std::size_t bytes_per_second)
      : allowance_(grace), rate_(static_cast<Duration::rep>(bytes_per_second > 0 ? bytes_per_second : 1)) {}

  // Until when the next bytes must come.
  Deadline next() const { return Deadline::after(allowance_); }
  // `bytes` came after a wait of `waited`.
  void came(std::size_t bytes, Duration waited) {
    allowance_ += Duration{static_cast<Duration::rep>(bytes) * 1000 / rate_} - waited;
    if (allowance_ < Duration::zero()) allowance_ = Duration::zero();
  }
  Duration allowance() const { return allowance_; }

 private:
  Duration allowance_;
  Duration::rep rate_;
};

}  // namespace certstead

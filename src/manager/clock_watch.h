// Notices that civil time jumped ahead of the time that really passed: then everything seems due at once.
#pragma once

#include "base/clock.h"

namespace certstead {

// Used by one thread.
class ClockWatch {
 public:
  explicit ClockWatch(const Clock& clock) : clock_(clock), now_(clock.now()), elapsed_(clock.elapsed()) {}

  // Compares with the last look. True at the moment a jump forward of more than an hour is seen.
  bool look() {
    const Instant now = clock_.now();
    const Duration elapsed = clock_.elapsed();
    const bool jumped = (now - now_) - (elapsed - elapsed_) > kJump;
    if (jumped) hold_until_ = elapsed + kHold;
    now_ = now;
    elapsed_ = elapsed;
    return jumped;
  }
  // For ten minutes of real time after a jump: long enough for NTP to put a wrong clock right, and nothing to
  // a certificate that is really due.
  bool holds_renewals() const { return clock_.elapsed() < hold_until_; }

 private:
  static constexpr Duration kJump = std::chrono::hours{1};
  static constexpr Duration kHold = std::chrono::minutes{10};
  const Clock& clock_;
  Instant now_;
  Duration elapsed_;
  Duration hold_until_{Duration::min()};
};

}  // namespace certstead

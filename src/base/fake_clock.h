// A clock that stands still until a test moves it.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace certstead {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant start = from_unix_seconds(1'800'000'000)) : now_ms_(to_unix_ms(start)) {}
  Instant now() const override { return from_unix_ms(now_ms_); }
  Duration elapsed() const override { return Duration{elapsed_ms_}; }
  void advance(Duration span) {
    now_ms_ += span.count();
    elapsed_ms_ += span.count();
  }
  // Steps civil time without letting any time pass, as an administrator or NTP does.
  void step(Duration span) { now_ms_ += span.count(); }
  void set(Instant now) { now_ms_ = to_unix_ms(now); }

 private:
  std::atomic<std::int64_t> now_ms_;
  std::atomic<std::int64_t> elapsed_ms_{0};
};

}  // namespace certstead

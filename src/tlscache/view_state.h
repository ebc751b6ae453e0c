// Whether the view can be read at this time: counted, and said once when it changes.
#pragma once

#include <atomic>

#include "base/clock.h"
#include "base/log_sink.h"
#include "base/result.h"

namespace certstead {

class ViewState {
 public:
  // `log` may be null.
  ViewState(const Clock& clock, LogSink* log) : clock_(clock), log_(log) {}
  void failed(const Error& error) {
    ++failures_;
    last_ms_ = clock_.elapsed().count();
    if (!failing_.exchange(true) && log_ != nullptr) {
      log_->error("tlscache.view-failing",
                  {{"error", error.detail}, {"effect", "what was loaded before goes on being served"}});
    }
  }
  // Other records may be in order while one is damaged: the state ends after a minute without a failure.
  void fine() {
    if (!failing_.load(std::memory_order_relaxed)) return;
    if (clock_.elapsed().count() - last_ms_ < kQuietMs) return;
    if (failing_.exchange(false) && log_ != nullptr) log_->info("tlscache.view-back");
  }
  bool failing() const { return failing_; }
  std::uint64_t failures() const { return failures_; }

 private:
  static constexpr std::int64_t kQuietMs = 60'000;
  const Clock& clock_;
  LogSink* const log_;
  std::atomic<bool> failing_{false};
  std::atomic<std::int64_t> last_ms_{0};
  std::atomic<std::uint64_t> failures_{0};
};

}  // namespace certstead

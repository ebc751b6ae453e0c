// Wakes those who wait for the feed's head to move. In this process only.
#pragma once

#include <condition_variable>
#include <mutex>

#include "base/clock.h"

namespace certstead::sqlite {

class FeedSignal {
 public:
  // The head is at `seq` now, durably. Never goes back.
  void publish(std::int64_t seq) {
    {
      const std::lock_guard hold(mutex_);
      if (seq <= seq_) return;
      seq_ = seq;
    }
    moved_.notify_all();
  }
  // Blocks until the head is beyond `seq` or the deadline; returns the head.
  std::int64_t wait_beyond(std::int64_t seq, const Deadline& deadline) {
    std::unique_lock hold(mutex_);
    while (seq_ <= seq && !deadline.passed()) moved_.wait_for(hold, deadline.left());
    return seq_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  std::int64_t seq_ = 0;
};

}  // namespace certstead::sqlite

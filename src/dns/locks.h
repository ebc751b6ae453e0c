// One change at a time to what a provider replaces as a whole.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/clock.h"

namespace certstead {

// Named locks. Must outlive its holds. Safe from any thread.
class NamedLocks {
 public:
  class Hold {
   public:
    Hold(NamedLocks& locks, std::string name) : locks_(&locks), name_(std::move(name)) {}
    Hold(Hold&& other) noexcept
        : locks_(std::exchange(other.locks_, nullptr)), name_(std::move(other.name_)) {}
    Hold& operator=(Hold&& other) = delete;
    ~Hold() {
      if (locks_ != nullptr) locks_->release(name_);
    }

   private:
    NamedLocks* locks_ = nullptr;
    std::string name_;
  };

  // Waits until nobody holds `name`. kUnavailable at `deadline`.
  Result<Hold> take(const std::string& name, Deadline deadline);

 private:
  void release(const std::string& name);
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> held_;  // guarded by mutex_
};

}  // namespace certstead

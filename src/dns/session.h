// Tokens of an opened account, kept until they expire.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"

namespace certstead {

// What a log-in brought: variables that are secret. Safe from any thread.
class SessionCache {
 public:
  using Variables = std::map<std::string, std::string>;

  explicit SessionCache(const Clock& clock) : clock_(clock) {}
  ~SessionCache();
  SessionCache(const SessionCache&) = delete;
  SessionCache& operator=(const SessionCache&) = delete;

  // The variables of `name`, or nothing if there are none or they have expired.
  std::optional<Variables> find(const std::string& name) const;
  // Keeps them for `life`, less a tenth.
  void put(const std::string& name, Variables variables, Duration life);
  // Held while somebody logs in, so that the others wait instead of doing the same.
  std::mutex& login() { return login_; }

 private:
  struct Entry {
    Variables variables;
    Duration until;  // on Clock::elapsed
  };
  void wipe_entry(Entry& entry);
  const Clock& clock_;
  std::mutex login_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // guarded by mutex_
};

}  // namespace certstead

// Replay nonces that a CA gave and that were not used yet.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/clock.h"

namespace certstead {

// Safe from any thread. A nonce leaves the pool at most once, even if the CA gives it again.
class NoncePool {
 public:
  explicit NoncePool(const Clock& clock) : clock_(clock) {}

  // Keeps `nonce`. One that is no base64url, too long, or known already is dropped.
  void put(std::string_view nonce);
  // The freshest nonce, or nothing. Those that lay for longer than five minutes are forgotten: the CA
  // probably forgot them too.
  std::optional<std::string> take();

 private:
  struct Kept {
    std::string nonce;
    Duration since;
  };
  const Clock& clock_;
  std::mutex mutex_;
  std::deque<Kept> kept_;
  std::unordered_set<std::string> known_;  // all that were ever put, the last kKnown of them
  std::deque<std::string> known_order_;
};

}  // namespace certstead

#include "acme_client/nonce_pool.h"

#include <algorithm>

namespace certstead {
namespace {

constexpr std::size_t kKept = 64;
constexpr std::size_t kKnown = 1024;
constexpr std::size_t kLongestNonce = 512;
constexpr Duration kFresh = std::chrono::minutes{5};

bool is_nonce(std::string_view text) {
  return !text.empty() && text.size() <= kLongestNonce && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  });
}

}  // namespace

void NoncePool::put(std::string_view nonce) {
  if (!is_nonce(nonce)) return;
  const std::lock_guard hold(mutex_);
  if (!known_.emplace(nonce).second) return;
  known_order_.emplace_back(nonce);
  if (known_order_.size() > kKnown) {
    known_.erase(known_order_.front());
    known_order_.pop_front();
  }
  kept_.push_back({std::string(nonce), clock_.elapsed()});
  if (kept_.size() > kKept) kept_.pop_front();
}

std::optional<std::string> NoncePool::take() {
  const std::lock_guard hold(mutex_);
  while (!kept_.empty() && clock_.elapsed() - kept_.front().since > kFresh) kept_.pop_front();
  if (kept_.empty()) return std::nullopt;
  std::string nonce = std::move(kept_.back().nonce);
  kept_.pop_back();
  return nonce;
}

}  // namespace certstead

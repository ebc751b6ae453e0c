#include "net/connection_caps.h"

namespace certstead {

bool ConnectionCaps::enter(const std::optional<IpAddress>& remote) {
  const std::lock_guard hold(mutex_);
  if (open_ >= most_) return false;
  if (remote) {
    std::size_t& count = by_client_[remote->network()];
    if (count >= per_address_) return false;
    ++count;
  }
  ++open_;
  return true;
}

void ConnectionCaps::leave(const std::optional<IpAddress>& remote) {
  const std::lock_guard hold(mutex_);
  --open_;
  if (!remote) return;
  const auto found = by_client_.find(remote->network());
  if (--found->second == 0) by_client_.erase(found);
}

std::size_t ConnectionCaps::open() const {
  const std::lock_guard hold(mutex_);
  return open_;
}

}  // namespace certstead

// Counts open connections, in all and per client.
#pragma once

#include <map>
#include <mutex>

#include "net/ip_address.h"

namespace certstead {

// Safe from any thread. An IPv6 client is a /64 network, since that is what one customer has.
class ConnectionCaps {
 public:
  ConnectionCaps(std::size_t most, std::size_t most_per_address)
      : most_(most), per_address_(most_per_address) {}
  // Counts one more connection; false, and not counted, if that would be too many. Without address (Unix
  // socket) only the total counts.
  bool enter(const std::optional<IpAddress>& remote);
  void leave(const std::optional<IpAddress>& remote);
  std::size_t open() const;

 private:
  const std::size_t most_, per_address_;
  mutable std::mutex mutex_;
  std::size_t open_ = 0;                        // guarded by mutex_
  std::map<IpAddress, std::size_t> by_client_;  // guarded by mutex_
};

}  // namespace certstead

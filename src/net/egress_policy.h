// Which addresses we may connect to. Decided on the address of the socket itself, after name resolution, so
// that no spelling of a name and no change of its DNS records gets around it.
#pragma once

#include <vector>

#include "net/ip_address.h"

namespace certstead {

class EgressPolicy {
 public:
  // Public addresses only: refuses loopback, private, link-local, shared, multicast, reserved and unspecified
  // ones, also inside IPv4-mapped, NAT64 and 6to4 addresses.
  EgressPolicy() = default;
  // Public addresses and these blocks. Error: kInvalid, naming the block.
  static Result<EgressPolicy> with_allowed(const std::vector<std::string>& cidrs);
  // Anything: only where an administrator configured the very peer (an agent's manager, the command line).
  static EgressPolicy anywhere();

  bool allows(const IpAddress& address) const;

 private:
  bool anywhere_ = false;
  std::vector<Cidr> allowed_;
};

}  // namespace certstead

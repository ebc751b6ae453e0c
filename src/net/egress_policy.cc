#include "net/egress_policy.h"

#include <algorithm>

namespace certstead {
namespace {

std::vector<Cidr> blocks(std::initializer_list<std::string_view> texts) {
  std::vector<Cidr> out;
  for (const std::string_view text : texts) {
    // Every text below is a valid block; a test reads each of them.
    if (auto block = Cidr::parse(text)) out.push_back(*block);
  }
  return out;
}

bool in_any(const std::vector<Cidr>& list, const IpAddress& address) {
  return std::ranges::any_of(list, [&](const Cidr& block) { return block.contains(address); });
}

// The registries of special-purpose addresses (RFC 6890 and its successors).
bool is_public_v4(const IpAddress& address) {
  static const std::vector<Cidr> kSpecial =
      blocks({"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
              "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
              "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"});
  return !in_any(kSpecial, address);
}

bool is_public_v6(const IpAddress& address) {
  static const std::vector<Cidr> kGlobal = blocks({"2000::/3"});
  static const std::vector<Cidr> kSpecial = blocks({"2001::/23", "2001:db8::/32", "3fff::/20"});
  return in_any(kGlobal, address) && !in_any(kSpecial, address);
}

}  // namespace

Result<EgressPolicy> EgressPolicy::with_allowed(const std::vector<std::string>& cidrs) {
  EgressPolicy policy;
  for (const std::string& text : cidrs) {
    TRY(const Cidr block, Cidr::parse(text));
    policy.allowed_.push_back(block);
  }
  return policy;
}

EgressPolicy EgressPolicy::anywhere() {
  EgressPolicy policy;
  policy.anywhere_ = true;
  return policy;
}

bool EgressPolicy::allows(const IpAddress& address) const {
  if (anywhere_ || in_any(allowed_, address)) return true;
  if (const auto inner = address.embedded_v4()) return allows(*inner);
  return address.is_v4() ? is_public_v4(address) : is_public_v6(address);
}

}  // namespace certstead

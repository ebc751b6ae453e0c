// Certificates that were followed up to the fleet root once, kept parsed: parsing and verifying cost more
// than all the rest of judging a signature.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "vault/identity_name.h"

namespace certstead {

// Safe from several threads. Holds at most kIdentityCacheSize certificates and starts afresh beyond that.
inline constexpr std::size_t kIdentityCacheSize = 4096;
class IdentityCache {
 public:
  explicit IdentityCache(Certificate root) : root_(std::move(root)) {}
  // The certificate in `der` if it is `expected`'s for `use` under the root; with `now`, within its dates
  // too. kDenied as verify_identity_certificate; kInvalid if `der` is no certificate.
  Result<Certificate> check(BytesView der, const IdentityName& expected, IdentityUse use,
                            std::optional<Instant> now);
  const Certificate& root() const { return root_; }

 private:
  Result<Certificate> signed_by_root(BytesView der);
  const Certificate root_;
  std::mutex mutex_;
  std::unordered_map<std::string, Certificate> verified_;  // by DER
};

}  // namespace certstead

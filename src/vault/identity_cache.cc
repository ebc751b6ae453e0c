#include "vault/identity_cache.h"

namespace certstead {

Result<Certificate> IdentityCache::signed_by_root(BytesView der) {
  std::string key = to_text(der);
  {
    const std::lock_guard hold(mutex_);
    const auto at = verified_.find(key);
    if (at != verified_.end()) return at->second;
  }
  TRY(Certificate certificate, Certificate::from_der(der));
  CHECK_OK(check_issued_by(certificate, root_));
  const std::lock_guard hold(mutex_);
  if (verified_.size() >= kIdentityCacheSize) verified_.clear();
  verified_.emplace(std::move(key), certificate);
  return certificate;
}

Result<Certificate> IdentityCache::check(BytesView der, const IdentityName& expected, IdentityUse use,
                                         std::optional<Instant> now) {
  TRY(Certificate certificate, signed_by_root(der));
  CHECK_OK(check_identity_claims(certificate, root_, expected, use, now));
  return certificate;
}

}  // namespace certstead

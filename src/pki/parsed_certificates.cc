#include "pki/parsed_certificates.h"

#include "crypto/digest.h"

namespace certstead {

Result<Certificate> ParsedCertificates::parse(BytesView der) {
  std::string hash = sha256_hex(der);
  {
    const std::lock_guard hold(mutex_);
    const auto known = by_hash_.find(hash);
    if (known != by_hash_.end()) {
      recent_.splice(recent_.begin(), recent_, known->second);
      return known->second->second;
    }
  }
  TRY(const Certificate parsed, Certificate::from_der(der));
  const std::lock_guard hold(mutex_);
  if (by_hash_.count(hash) > 0) return parsed;  // somebody else was as fast
  recent_.emplace_front(hash, parsed);
  by_hash_.emplace(std::move(hash), recent_.begin());
  if (recent_.size() > most_) {
    by_hash_.erase(recent_.back().first);
    recent_.pop_back();
  }
  return parsed;
}

std::size_t ParsedCertificates::size() const {
  const std::lock_guard hold(mutex_);
  return recent_.size();
}

}  // namespace certstead

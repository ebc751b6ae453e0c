// Certificates that come again and again, parsed once.
#pragma once

#include <list>
#include <map>
#include <mutex>

#include "crypto/certificate.h"

namespace certstead {

// The most trusted roots and intermediates that are kept parsed; a system's list has about 150.
inline constexpr std::size_t kMaxParsedRoots = 2000;

// Keeps the latest `most` certificates by the SHA-256 of their DER. Safe from any thread; parsing happens
// outside of the lock.
class ParsedCertificates {
 public:
  explicit ParsedCertificates(std::size_t most) : most_(most) {}
  // As Certificate::from_der. What does not parse is not kept.
  Result<Certificate> parse(BytesView der);
  std::size_t size() const;

 private:
  using Recent = std::list<std::pair<std::string, Certificate>>;  // the latest in front
  const std::size_t most_;
  mutable std::mutex mutex_;
  Recent recent_;                                    // guarded by mutex_
  std::map<std::string, Recent::iterator> by_hash_;  // guarded by mutex_
};

}  // namespace certstead

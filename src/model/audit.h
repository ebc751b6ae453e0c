// The audit log: who did what, hash-chained, written in the transaction of the change itself.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace certstead {

// Handed to every changing call of the store.
struct AuditNote {
  std::string actor;   // "uid:1000", "scheduler", "setup"
  std::string action;  // "set.request", "version.activate", ...
  std::string object;  // name of the thing
  std::string detail;  // more, for a person; never a secret
};

struct AuditRecord {
  std::int64_t number = 0;  // 1, 2, 3, ... without gaps
  Instant at;
  AuditNote note;
  std::string hash;  // SHA-256 over the hash before it and this record, hex
};

class Audit {
 public:
  virtual ~Audit() = default;
  // At most `limit` records with number > `after`, in order.
  virtual Result<std::vector<AuditRecord>> audit_after(std::int64_t after, std::size_t limit) = 0;
  // Recomputes the chain and compares with its head. kDenied, naming the first record that does not fit or
  // what is missing.
  virtual Result<std::int64_t> verify_audit() = 0;
  // A note without another change (refused attempts, starts and stops).
  virtual Status add_audit(const AuditNote& note) = 0;
};

}  // namespace certstead

// Port: findings of other parts of the house about a set, such as what its deployments report.
#pragma once

#include "model/credential.h"
#include "model/health.h"

namespace certstead {

class FindingSource {
 public:
  virtual ~FindingSource() = default;
  // What is wrong with `set` now. Blocks for the store at most. Safe from any thread.
  virtual Result<std::vector<Finding>> findings(const CredentialSet& set, Instant now) = 0;
};

}  // namespace certstead

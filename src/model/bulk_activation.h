// Port: many credential sets made or changed with one commit, each whole or not at all.
#pragma once

#include "model/credentials.h"

namespace certstead {

// One set with what becomes active in it.
struct Activation {
  CredentialSet set;
  bool create = false;            // the set is new
  bool keep_other_types = false;  // active versions whose key type is not in `fresh` stay active
  std::vector<CredentialVersion> fresh;
  AuditNote note;
};

class BulkActivation {
 public:
  virtual ~BulkActivation() = default;
  // Each of them as CredentialVersions::activate() does it (with `create`: create_set() before it), without
  // regard to the others; all of them with one commit, which a call waits for. The answers stand in the order
  // of the calls; if the commit fails they all have its error.
  virtual std::vector<Status> activate_many(const std::vector<Activation>& activations) = 0;
};

}  // namespace certstead

// Port: how far the members on this host have come. What the executor waits for before it tells a CA to look,
// and what "deployed" means for sets that are served out of views.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace certstead {

struct CredentialSet;

// What one view holds of one set.
struct ViewHolding {
  std::string member;                 // id
  std::string view;                   // its name
  std::vector<std::string> versions;  // ids of the credentials in it
  // One sentence: why what the member was told last of this set is not in it. Empty if it is.
  std::string refused;
};

class MemberProgress {
 public:
  virtual ~MemberProgress() = default;
  // Blocks until every local view shows the feed up to `seq`. kUnavailable at the deadline, naming the view
  // that lags.
  virtual Status wait_applied(std::int64_t seq, Deadline deadline) = 0;
  // What every view that `set` goes into holds of it, read from the views. A view that can't be read holds
  // nothing, and says why.
  virtual std::vector<ViewHolding> holdings(const CredentialSet& set) const = 0;
};

}  // namespace certstead

// For tests: requests that a strict server must not pass on, each with the rule that it breaks.
#pragma once

#include <string>
#include <vector>

namespace certstead {

struct MalformedRequest {
  std::string rule;
  std::string bytes;
};

// Each is complete: nothing more needs to be sent for a server to see what is wrong.
const std::vector<MalformedRequest>& malformed_requests();

}  // namespace certstead

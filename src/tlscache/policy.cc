#include "tlscache/policy.h"

namespace certstead {

std::string_view match_reason_name(MatchReason reason) {
  switch (reason) {
    case MatchReason::kNone:
      return "none";
    case MatchReason::kExact:
      return "exact";
    case MatchReason::kWildcard:
      return "wildcard";
    case MatchReason::kTag:
      return "tag";
    case MatchReason::kAddress:
      return "address";
    case MatchReason::kDefault:
      return "default";
  }
  return "none";
}

}  // namespace certstead

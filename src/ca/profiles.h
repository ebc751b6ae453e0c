// Kinds of leaf certificates, as data.
#pragma once

#include <string_view>

#include "base/result.h"

namespace certstead {

struct LeafProfile {
  std::string_view name;
  bool server_auth, client_auth;
  int default_days, max_days;
};

// "": "server". kInvalid ("profile-unknown") lists what there is.
Result<LeafProfile> find_profile(std::string_view name);

}  // namespace certstead

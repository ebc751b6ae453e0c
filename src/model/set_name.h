// How sets are called that nobody gave a name.
#pragma once

#include "model/domain_name.h"

namespace certstead {

// The name of a set that is called after `first`: the host name. A wildcard is not to be taken for the host
// above it, so "*.example.com" gives "wildcard.example.com". The manager names what is imported so, and the
// client looks for it under this name.
std::string set_name_after(const HostPattern& first);

}  // namespace certstead

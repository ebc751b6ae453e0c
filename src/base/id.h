// Random ids: 128 bits from the kernel, base64url, 22 characters. Unique, not secret.
#pragma once

#include <string>

namespace certstead {

// Begins with a letter or digit, so that no command line takes it for a flag. Ids made before that rule may
// begin with "-" or "_" and are as good.

std::string make_id();

}  // namespace certstead

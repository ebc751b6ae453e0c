// Random ids: 128 bits from the kernel, base64url, 22 characters. Unique, not secret.
#pragma once

#include <string>

namespace certstead {

std::string make_id();

}  // namespace certstead

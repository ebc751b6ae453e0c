// Asking a person for a password.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace certstead {

// Writes `prompt` to the controlling terminal and reads a line from it (at most 1024 bytes), which is not
// shown. kUnavailable without a terminal. The terminal shows again what is typed afterwards.
Result<SecretBytes> ask_secret(const std::string& prompt);

}  // namespace certstead

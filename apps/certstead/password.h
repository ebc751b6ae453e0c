// Passwords of key files.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace certstead {

// The first line of `file`; without one it is asked for on the terminal, unseen, `twice` where it is new.
// kInvalid without both, and if the two differ.
Result<SecretBytes> read_password(const std::string& file, const std::string& what, bool twice);

}  // namespace certstead

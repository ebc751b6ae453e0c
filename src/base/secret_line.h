// The first line of a file that holds a secret.
#pragma once

#include "base/secret.h"

namespace certstead {

// Up to the first line feed; a carriage return before it is no part of the line, whoever wrote the file.
SecretBytes first_line(const SecretBytes& text);

}  // namespace certstead

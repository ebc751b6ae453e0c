// The first line of a file that holds a secret.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "base/secret.h"

namespace certstead {

// Up to the first line feed; a carriage return before it is no part of the line, whoever wrote the file.
SecretBytes first_line(const SecretBytes& text);
// That of a file of at most 4 KiB; errors as of read_secret_file.
Result<SecretBytes> read_secret_line(const std::filesystem::path& path);

}  // namespace certstead

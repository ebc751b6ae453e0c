// What the system says of a file, as an error with the way out. Internal.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace certstead {

// "cannot WHAT PATH: reason"; `number` is an errno.
Error file_error(const std::filesystem::path& path, std::string_view what, int number);

}  // namespace certstead

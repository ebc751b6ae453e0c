// What is refused before the parser of TOML sees it.
#pragma once

#include <string>

#include "base/result.h"

namespace certstead {

// toml++ 3.3 ends the process (or, built without assertions, reads on blindly) where the head of a table does
// not begin with a key. kInvalid with `id` and the line, behind `path` if there is one. The price: within a
// list of several lines none can begin with "[{".
Status check_toml(std::string_view text, std::string id, std::string_view path = "");

}  // namespace certstead

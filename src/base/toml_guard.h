// What is refused before the parser of TOML sees it.
#pragma once

#include <string>

#include "base/result.h"

namespace certstead {

// toml++ 3.3 ends the process (or, built without assertions, reads on blindly)
// - where the head of a table does not begin with a key;
// - where a "}" stands in a list;
// - at many a character that is not ASCII, where a blank could stand: outside of strings and comments, and
//   within """ behind a "\" or as the first one behind a line that ends with "\".
// kInvalid with `id` and the line, for what is not the first of its line the column too (in characters, from
// 1), behind `path` if there is one. The price: what TOML 1.0 would allow of these, an "é" that begins a
// continued line of """.
Status check_toml(std::string_view text, std::string id, std::string_view path = "");

}  // namespace certstead

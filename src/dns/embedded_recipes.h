// The recipes of recipes/dns, part of the program.
#pragma once

#include <span>
#include <string_view>

namespace certstead {

struct EmbeddedRecipe {
  std::string_view code;  // the name of its file
  std::string_view text;
};
// In the order of their codes.
std::span<const EmbeddedRecipe> embedded_recipes();

}  // namespace certstead

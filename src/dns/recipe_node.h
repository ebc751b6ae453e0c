// A recipe's text as a tree, each part with its line.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace certstead {

struct RecipeNode {
  enum class Kind { kText, kNumber, kBoolean, kTable, kList };
  Kind kind = Kind::kTable;
  std::size_t line = 0;
  std::string text = {};
  std::int64_t number = 0;
  bool boolean = false;
  std::vector<std::pair<std::string, RecipeNode>> members = {};  // in the order of the text
  std::vector<RecipeNode> items = {};

  // The member, or null.
  const RecipeNode* find(std::string_view name) const;
};

inline constexpr std::size_t kMostRecipe = std::size_t{128} << 10;

// Reads TOML of at most kMostRecipe bytes. kInvalid with the line for a syntax error, for dates and fractions
// (no recipe has any), for more than 12 levels.
Result<RecipeNode> read_recipe_text(std::string_view text);

}  // namespace certstead

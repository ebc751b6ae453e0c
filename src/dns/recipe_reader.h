// Reads the parts of a recipe out of its tree; whatever is wrong is said with line and key.
#pragma once

#include <functional>
#include <map>

#include "dns/recipe.h"
#include "dns/recipe_node.h"

namespace certstead {

// Error: kInvalid, "line 7: KEY: what".
Error wrong_in_recipe(const RecipeNode& node, std::string_view key, const std::string& what);

using RecipeReader = std::function<Status(const RecipeNode&)>;
using RecipeReaders = std::map<std::string_view, RecipeReader>;

// Gives every member of `table` to the reader of its name. kInvalid for a key without a reader, listing those
// that there are, and for errors of readers, each with line and key.
Status read_recipe_table(const RecipeNode& table, const RecipeReaders& readers);

// Readers into a member.
RecipeReader text_into(std::string& out);
RecipeReader texts_into(std::vector<std::string>& out);
RecipeReader flag_into(bool& out);
RecipeReader number_into(std::int64_t& out, std::int64_t least, std::int64_t most);
RecipeReader template_into(RecipeText& out);
RecipeReader template_into(std::optional<RecipeText>& out);
// A table of templates: headers, form, take, collect. Names are not checked.
RecipeReader templates_into(RecipeTexts& out);
RecipeReader json_into(RecipeJson& out);

// The steps of one phase: a table, or a list of tables.
RecipeReader steps_into(std::vector<RecipeStep>& out, std::string_view phase);
RecipeReader sign_into(RecipeSign& out);

}  // namespace certstead

#include "dns/recipe_node.h"

#include <toml++/toml.h>

#include <algorithm>

#include "base/text.h"
#include "base/toml_guard.h"

namespace certstead {
namespace {

constexpr int kMostDepth = 12;

Error wrong(std::size_t line, const std::string& what) {
  return invalid("line " + std::to_string(line) + ": " + what, "recipe");
}

Result<RecipeNode> convert(const toml::node& node, int depth);

Result<RecipeNode> convert_table(const toml::table& table, int depth) {
  RecipeNode out;
  for (const auto& [key, value] : table) {
    TRY(RecipeNode member, convert(value, depth + 1));
    if (member.line == 0) member.line = key.source().begin.line;
    out.members.emplace_back(std::string(key.str()), std::move(member));
  }
  // The library sorts by name.
  std::ranges::stable_sort(out.members, {}, [](const auto& member) { return member.second.line; });
  if (!out.members.empty()) out.line = out.members.front().second.line;
  return out;
}

Result<RecipeNode> convert_list(const toml::array& list, int depth) {
  RecipeNode out;
  out.kind = RecipeNode::Kind::kList;
  for (const toml::node& one : list) {
    TRY(RecipeNode item, convert(one, depth + 1));
    out.items.push_back(std::move(item));
  }
  return out;
}

Result<RecipeNode> convert(const toml::node& node, int depth) {
  const std::size_t line = node.source().begin.line;
  if (depth > kMostDepth) return wrong(line, "tables and lists are nested too deeply");
  RecipeNode out;
  if (const toml::table* const table = node.as_table()) {
    TRY(out, convert_table(*table, depth));
  } else if (const toml::array* const list = node.as_array()) {
    TRY(out, convert_list(*list, depth));
  } else if (const auto* const text = node.as_string()) {
    out.kind = RecipeNode::Kind::kText;
    out.text = text->get();
    if (out.text.find('\0') != std::string::npos) return wrong(line, "a text must not hold a NUL");
  } else if (const auto* const number = node.as_integer()) {
    out.kind = RecipeNode::Kind::kNumber;
    out.number = number->get();
  } else if (const auto* const boolean = node.as_boolean()) {
    out.kind = RecipeNode::Kind::kBoolean;
    out.boolean = boolean->get();
  } else {
    return wrong(line, "a recipe has texts, whole numbers, true and false, tables and lists only");
  }
  if (line != 0) out.line = line;
  return out;
}

}  // namespace

const RecipeNode* RecipeNode::find(std::string_view name) const {
  const auto member = std::ranges::find(members, name, &std::pair<std::string, RecipeNode>::first);
  return member == members.end() ? nullptr : &member->second;
}

Result<RecipeNode> read_recipe_text(std::string_view text) {
  if (text.size() > kMostRecipe) {
    return invalid("a recipe has at most " + std::to_string(kMostRecipe >> 10) + " KiB", "recipe");
  }
  CHECK_OK(check_toml(text, "recipe"));
  try {
    const toml::table table = toml::parse(text);
    return convert_table(table, 0);
  } catch (const toml::parse_error& error) {
    return wrong(error.source().begin.line, "it is no TOML: " + printable(error.description()));
  }
}

}  // namespace certstead

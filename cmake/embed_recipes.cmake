# cmake -DOUTPUT=FILE.cc -DDIRECTORY=recipes/dns -P embed_recipes.cmake: writes the recipes as C++.
file(GLOB recipes "${DIRECTORY}/*.toml")
list(SORT recipes)
set(rows "")
foreach(recipe IN LISTS recipes)
  get_filename_component(code "${recipe}" NAME_WE)
  # As hexadecimal bytes: no character of a recipe means anything to CMake or C++.
  file(READ "${recipe}" hex HEX)
  string(REGEX REPLACE "(................................................................)" "\\1\"\n    \"" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" hex "${hex}")
  file(SIZE "${recipe}" size)
  string(APPEND rows "    {\"${code}\", {\"${hex}\", ${size}}},\n")
endforeach()
file(WRITE "${OUTPUT}.new" "// Made from ${DIRECTORY} by cmake/embed_recipes.cmake.
#include \"dns/embedded_recipes.h\"

namespace certstead {
namespace {
constexpr EmbeddedRecipe kRecipes[] = {
${rows}};
}  // namespace
std::span<const EmbeddedRecipe> embedded_recipes() { return kRecipes; }
}  // namespace certstead
")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")

// Recipes: what is read once is read the same again, and whatever is refused is refused with a sentence.
#include <cstdlib>
#include <string_view>

#include "dns/recipe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto recipe = certstead::parse_recipe(text);
  if (!recipe) {
    if (recipe.error().code != certstead::Code::kInvalid || recipe.error().detail.empty()) std::abort();
    return 0;
  }
  if (recipe->add.empty() || recipe->facts.code.empty()) std::abort();
  const auto again = certstead::parse_recipe(text);
  if (!again || again->facts.settings.size() != recipe->facts.settings.size()) std::abort();
  return 0;
}

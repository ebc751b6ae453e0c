#include "dns/provider_factory.h"

#include <algorithm>

#include "base/text.h"
#include "dns/dxl_companions.h"
#include "dns/dxl_provider.h"
#include "dns/embedded_recipes.h"
#include "dns/exec_provider.h"
#include "dns/recipe_provider.h"
#include "resolver/rfc2136_provider.h"

namespace certstead {

Result<std::unique_ptr<ProviderFactory>> ProviderFactory::make(Parts parts) {
  std::unique_ptr<ProviderFactory> out(new ProviderFactory(std::move(parts)));
  for (const EmbeddedRecipe& embedded : embedded_recipes()) {
    auto recipe = parse_recipe(embedded.text);
    if (!recipe)
      return internal("the built-in recipe " + std::string(embedded.code) + ": " + recipe.error().detail);
    if (recipe->facts.code != embedded.code)
      return internal("the built-in recipe " + std::string(embedded.code) + " has the code of another");
    out->recipes_.emplace(embedded.code, std::make_shared<const DnsRecipe>(std::move(*recipe)));
  }
  out->programs_.emplace("exec", BuiltInProvider{exec_facts(), open_exec});
  const Rfc2136Parts updates{.clock = out->parts_.clock};
  out->programs_.emplace(
      "rfc2136", BuiltInProvider{rfc2136_facts(), [updates](const DnsAccount& account,
                                                            const DnsSecrets& secrets, DnsTrace trace) {
                                   return open_rfc2136(account, secrets, updates, std::move(trace));
                                 }});
  for (const BuiltInProvider& one : out->parts_.more) out->programs_.emplace(one.facts.code, one);
  return out;
}

std::vector<DnsProviderFacts> ProviderFactory::built_in() const {
  std::vector<DnsProviderFacts> out;
  out.reserve(recipes_.size() + programs_.size());
  for (const auto& [code, recipe] : recipes_) out.push_back(recipe->facts);
  for (const auto& [code, program] : programs_) out.push_back(program.facts);
  std::ranges::sort(out, {}, &DnsProviderFacts::code);
  return out;
}

Result<DnsProviderFacts> ProviderFactory::describe(const DnsDefinition& definition) const {
  if (definition.kind == "dxl") return describe_dxl(definition);
  if (definition.kind != "recipe") {
    return invalid("there are no definitions of the kind '" + printable(definition.kind, 40) + "' here",
                   "dns-kind");
  }
  auto recipe = parse_recipe(definition.text);
  if (!recipe) return std::move(recipe).error().within("the recipe '" + printable(definition.name, 60) + "'");
  return std::move(recipe->facts);
}

Result<DnsCompanions> ProviderFactory::companions(const DnsDefinition& definition,
                                                  std::span<const DnsDefinition> known) const {
  if (definition.kind == "dxl") return dxl_companions(definition, known);
  DnsCompanions none;
  none.text = definition.text;
  return none;
}

Result<std::unique_ptr<DnsProvider>> ProviderFactory::open(const DnsAccount& account,
                                                           const DnsSecrets& secrets,
                                                           const DnsDefinition* definition,
                                                           DnsTrace trace) const {
  const RecipeHouse house{parts_.clients, locks_, *parts_.clock};
  if (definition != nullptr && definition->kind == "dxl")
    return open_dxl(*definition, account, secrets, std::move(trace), house);
  if (definition != nullptr) {
    CHECK_OK(describe(*definition));
    TRY(DnsRecipe recipe, parse_recipe(definition->text));
    return open_recipe(std::make_shared<const DnsRecipe>(std::move(recipe)), account, secrets,
                       std::move(trace), house);
  }
  if (const auto recipe = recipes_.find(account.provider); recipe != recipes_.end())
    return open_recipe(recipe->second, account, secrets, std::move(trace), house);
  if (const auto program = programs_.find(account.provider); program != programs_.end())
    return program->second.open(account, secrets, std::move(trace));
  return not_found("there is no DNS provider '" + printable(account.provider, 60) +
                       "'; 'certstead dns providers' names those that there are",
                   "dns-provider");
}

}  // namespace certstead

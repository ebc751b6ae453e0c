// A provider that is a recipe.
#pragma once

#include <memory>

#include "dns/exchange.h"
#include "dns/locks.h"
#include "dns/recipe.h"

namespace certstead {

// What all opened accounts share; outlives them.
struct RecipeHouse {
  ExchangeClients clients;
  NamedLocks& locks;
  const Clock& clock;
};

// Opens an account of `recipe`. kInvalid for a setting that is missing, wrong or unknown, naming it and its
// variable. No I/O.
Result<std::unique_ptr<DnsProvider>> open_recipe(std::shared_ptr<const DnsRecipe> recipe,
                                                 const DnsAccount& account, const DnsSecrets& secrets,
                                                 DnsTrace trace, const RecipeHouse& house);

}  // namespace certstead

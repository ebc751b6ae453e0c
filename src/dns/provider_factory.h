// All providers that there are: recipes that are built in, built-in programs, definitions of administrators.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "dns/exchange.h"
#include "dns/locks.h"
#include "dns/recipe.h"

namespace certstead {

// A provider whose code is C++.
struct BuiltInProvider {
  DnsProviderFacts facts;
  std::function<Result<std::unique_ptr<DnsProvider>>(const DnsAccount&, const DnsSecrets&, DnsTrace)> open;
};

// The port DnsProviders. Safe from any thread; outlives the providers that it opened.
class ProviderFactory final : public DnsProviders {
 public:
  struct Parts {
    ExchangeClients clients;
    const Clock* clock = nullptr;
    std::vector<BuiltInProvider> more = {};  // beside `exec` and `rfc2136`
  };
  // kInternal if a recipe that is built in can't be read.
  static Result<std::unique_ptr<ProviderFactory>> make(Parts parts);

  std::vector<DnsProviderFacts> built_in() const override;
  Result<DnsProviderFacts> describe(const DnsDefinition& definition) const override;
  Result<DnsCompanions> companions(const DnsDefinition& definition,
                                   std::span<const DnsDefinition> known) const override;
  Result<std::unique_ptr<DnsProvider>> open(const DnsAccount& account, const DnsSecrets& secrets,
                                            const DnsDefinition* definition, DnsTrace trace) const override;

 private:
  explicit ProviderFactory(Parts parts) : parts_(std::move(parts)) {}

  const Parts parts_;
  std::map<std::string, std::shared_ptr<const DnsRecipe>, std::less<>> recipes_;
  std::map<std::string, BuiltInProvider, std::less<>> programs_;
  mutable NamedLocks locks_;
};

}  // namespace certstead

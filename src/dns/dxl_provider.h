// A provider that is a provider configuration of HCL Domino, in DXL.
#pragma once

#include <memory>

#include "dns/dxl_definition.h"
#include "dns/recipe_provider.h"

namespace certstead {

// What `definition` (of the kind "dxl") is. Its help says what has to be approved, and the SHA-256 for that.
Result<DnsProviderFacts> describe_dxl(const DnsDefinition& definition);

// Opens `account`. It sends to the https hosts that the document or the account names; commands, and origins
// that are no such hosts and not the account's own, want `definition.approved` (kDenied, id
// "command-not-approved"). What `add` keeps is every field that the steps stored, without secrets. No I/O.
Result<std::unique_ptr<DnsProvider>> open_dxl(const DnsDefinition& definition, const DnsAccount& account,
                                              const DnsSecrets& secrets, DnsTrace trace,
                                              const RecipeHouse& house);

}  // namespace certstead

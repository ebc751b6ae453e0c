// The other documents in a DXL file: accounts that can be made here as well.
#pragma once

#include <span>
#include <string_view>

#include "model/dns_companions.h"

namespace certstead {

// The provider accounts and the ACME accounts in `definition`. A provider account belongs to the
// configuration that it names: the one in `definition`, or one of `known`, those that were imported before.
// Names of accounts are made such as this program takes; an account without one gets the name of its first
// domain. A sealed value counts as unreadable if the configuration's formulas read it. Where there is any
// account the text comes back with the configurations alone, else as it is. kInvalid as parse_dxl_definition,
// but that accounts or a challenge may stand there without any configuration.
Result<DnsCompanions> dxl_companions(const DnsDefinition& definition, std::span<const DnsDefinition> known);

// Whether a setting of this name is kept secret: cfg_Password, cfg_AuthKey, cfg_AuthToken and the like.
bool is_secret_dxl_name(std::string_view name);

}  // namespace certstead

// The other documents in a DXL file: accounts that can be made here as well.
#pragma once

#include <string_view>

#include "model/dns_companions.h"

namespace certstead {

// The provider accounts of the configuration in `definition`, and the ACME accounts beside it. Names of
// accounts are made such as this program takes; an account without one gets the name of its first domain. A
// sealed value counts as unreadable if the configuration's formulas read it. Where there is any account the
// text comes back with the configurations alone, else as it is. kInvalid as parse_dxl_definition.
Result<DnsCompanions> dxl_companions(const DnsDefinition& definition);

// Whether a setting of this name is kept secret: cfg_Password, cfg_AuthKey, cfg_AuthToken and the like.
bool is_secret_dxl_name(std::string_view name);

}  // namespace certstead

// The other documents in a DXL file: what a person can make of them here.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "dxl/provider_config.h"

namespace certstead {

// Names provider accounts of `config`, ACME accounts and challenges among `documents`, each with the command
// that makes the same here; "" if there are none. `names`: the lower-case names that the formulas of `config`
// read. No secret that stands in the file is repeated.
std::string companions_for_people(const std::vector<DxlDocument>& documents, const DxlProviderConfig& config,
                                  const std::set<std::string>& names);

// Whether a setting of this name is kept secret: cfg_Password, cfg_AuthKey, cfg_AuthToken and the like.
bool is_secret_dxl_name(std::string_view name);

}  // namespace certstead

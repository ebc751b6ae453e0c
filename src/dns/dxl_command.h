// A provider configuration that runs commands.
#pragma once

#include <memory>

#include "dns/dxl_definition.h"
#include "dns/dxl_fields.h"

namespace certstead {

// Runs what CommandAddFormula and CommandDelFormula give, approved by the caller: a text is split by
// split_words(), a list is the words themselves. The first word is a full path, or the name of an attached
// script, which then runs by the interpreter of its #! line out of a private directory. CommandEnvFormula
// gives "NAME=value" lines beside the fixed PATH, HOME and LANG. Two minutes at most. Exit 0 is success, if
// StatusFormula, which then reads ret_AddStatus 200 and, from JSON that was printed, retJSON_Add, agrees.
// A secret among the words is kDenied: any user of the host could read it.
std::unique_ptr<DnsProvider> open_dxl_command(DxlDefinition definition, DxlFields fields, DnsTrace trace,
                                              const Clock& clock);

}  // namespace certstead

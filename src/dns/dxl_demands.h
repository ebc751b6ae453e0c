// What a document wants beyond sending HTTPS requests to public hosts.
#pragma once

#include <string>

namespace certstead {

struct DxlDefinition;

// Fills hosts, origins, demands and demands_sha256 out of the settings and the constants of the formulas.
void find_demands(DxlDefinition& definition);

// For the help: the demands with the SHA-256 to approve, and the scripts themselves; "" if there are none.
std::string demands_for_people(const DxlDefinition& definition);
std::string scripts_for_people(const DxlDefinition& definition);

}  // namespace certstead

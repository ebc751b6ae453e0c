// The lab's DNS provider as a provider configuration in DXL.
#pragma once

#include <string>

namespace certstead {

inline constexpr const char* kLabDns = "LabDns";

// Pebble's challenge server: one POST for each record, at the address that the account gives as cfg_URL.
// Records stay: the server can only forget a whole name, with the values that other orders wait for.
std::string lab_dns_document();

}  // namespace certstead

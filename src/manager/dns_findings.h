// What is wrong with DNS accounts, for health.
#pragma once

#include "model/health.h"
#include "model/store_ports.h"

namespace certstead {

// Secrets whose time has come, and records that can't be taken away.
Result<std::vector<Finding>> dns_findings(const StorePorts& store, Instant now);

}  // namespace certstead

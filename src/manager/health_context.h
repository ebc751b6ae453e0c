// What the use cases of health and notifications are given beyond the common context.
#pragma once

#include "manager/context.h"
#include "model/certificate_check.h"
#include "model/due_notices.h"

namespace certstead {

// References to what `main` built; all of it outlives the use cases. Safe from any thread.
struct HealthContext {
  Context base;
  ChainInspector& chains;
  RevocationSource& revocation;
  Prober& prober;
  Notifier& notifier;
  CaKeeper* cas = nullptr;  // our own CAs; null: none
  // When this manager started: nobody is late for what happened while it was down.
  Instant since = Instant::min();
};

struct HealthSettings {
  NotifySettings notify;
  Duration watch_interval = std::chrono::hours{24};  // between two looks at a watched address
  // CIDRs beyond the public internet where CRLs, responders and issuers may be, comma-separated.
  std::string revocation_networks = {};
};
// Name of the setting that HealthSettings::revocation_networks is kept in.
inline constexpr std::string_view kRevocationNetworks = "revocation-networks";
// From the store; defaults where nothing is set.
Result<HealthSettings> read_health_settings(Settings& store);
// Writes what differs from `before`. kInvalid for a value out of its range.
Status write_health_settings(Settings& store, const HealthSettings& before, const HealthSettings& after,
                             const Actor& actor);

}  // namespace certstead

// The rules by which checks of certificates become findings. Pure.
#pragma once

#include "model/certificate_check.h"
#include "model/health.h"

namespace certstead {

// How long revocation may be unknown before somebody should look.
inline constexpr Duration kRevocationPatience = std::chrono::days{1};
// When a trusted root or intermediate is about to expire.
inline constexpr Duration kRootWarning = std::chrono::days{30};

// Red: revoked, weak key or signature, names of the set that the certificate does not cover. Yellow: no root
// is known for the chain; revocation not known for longer than kRevocationPatience.
std::vector<Finding> certificate_findings(const CredentialSet& set,
                                          const std::vector<CredentialVersion>& active,
                                          const std::vector<VersionCheck>& checks, Instant now);

// judge() and the above together, worst first, each sentence once.
HealthReport health_of(const CredentialSet& set, const std::vector<CredentialVersion>& active,
                       const std::vector<VersionCheck>& checks, Instant now);

// Of trusted roots and intermediates: red for an expired one, yellow within kRootWarning before.
std::vector<Finding> root_findings(const std::vector<TrustedRoot>& roots, Instant now);

// Worst first, otherwise in order; what stands there twice is left out.
void sort_findings(std::vector<Finding>& findings);
Health worst_of(const std::vector<Finding>& findings);

}  // namespace certstead

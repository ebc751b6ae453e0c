// What hooks are told about the certificates, in the words of the programs that they were written for.
#pragma once

#include "base/program.h"
#include "deploy/plan.h"

namespace certstead {

// certbot's (RENEWED_LINEAGE, RENEWED_DOMAINS, CERTBOT_DOMAIN, CERTBOT_ALL_DOMAINS), lego's
// (LEGO_CERT_DOMAIN, LEGO_CERT_PATH, LEGO_CERT_KEY_PATH, LEGO_ISSUER_CERT_PATH, LEGO_CERT_PEM_PATH,
// LEGO_CERT_PFX_PATH) and our own (CERTSTEAD_DEPLOYMENT, CERTSTEAD_SET, CERTSTEAD_SERIALS, CERTSTEAD_KEYS).
// Paths are those of the first key; what the layout has no file for is left out. Pure.
Variables hook_variables(const Deployment& deployment,
                         const std::vector<const DeployCredential*>& credentials,
                         const std::vector<DeployedPaths>& paths);
// The runs of a hook that is told of lineages: one for each, as certbot runs its deploy hooks, with what
// belongs to that lineage; a single one with everything where there are not several. Pure.
std::vector<Variables> lineage_variables(const Deployment& deployment,
                                         const std::vector<const DeployCredential*>& credentials,
                                         const std::vector<DeployedPaths>& paths);

}  // namespace certstead

// What really stands in deployed files.
#pragma once

#include "deploy/plan.h"
#include "model/deployment.h"

namespace certstead {

// The certificates that the paths of a plan show at this moment; a path without one is left out. PKCS#12
// files are not opened; they show `credential`'s certificate if `state` knows them for it. Blocks for the
// reads.
std::vector<DeployedCertificate> read_deployed(const std::vector<DeployedPaths>& paths,
                                               const DeployState& state,
                                               const std::vector<const DeployCredential*>& credentials);
// Reads every file again as a program would: key and leaf belong together and are those of the credential.
// kInternal
// ("deploy-verify") if not.
Status verify_deployed(const std::vector<DeployedPaths>& paths,
                       const std::vector<const DeployCredential*>& credentials);

}  // namespace certstead

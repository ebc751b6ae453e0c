// Pieces of plans. Internal.
#pragma once

#include "deploy/plan.h"

namespace certstead {

// Key (PKCS#8), leaf, intermediates, as they follow one another in one file.
SecretBytes combined_pem(const DeployCredential& credential);
SecretBytes leaf_pem(const DeployCredential& credential);
SecretBytes chain_pem(const DeployCredential& credential);
SecretBytes fullchain_pem(const DeployCredential& credential);

// Adds the lineage of one credential: new numbers in archive and the switch of live, or, if live shows this
// credential already, just that.
Status plan_certbot(const Deployment& deployment, const DeployCredential& credential, const Owner& owner,
                    DeployPlan& plan);

}  // namespace certstead

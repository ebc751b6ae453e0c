// What of a deployment makes sense together. Internal.
#pragma once

#include "deploy/deployment.h"

namespace certstead {

// kInvalid ("deploy-config") with a sentence. Pure.
Status check_deployment(const Deployment& deployment);

}  // namespace certstead

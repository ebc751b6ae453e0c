// What the verbs of `deploy` share.
#pragma once

#include <memory>

#include "cli/verb.h"
#include "deploy/host.h"

namespace certstead {

Verb deploy_add_verb(const std::shared_ptr<DeployPlaces>& places);

}  // namespace certstead

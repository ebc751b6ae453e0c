// Health, watch and notifications of the manager, built and connected.
#pragma once

#include <memory>

#include "manager/manager.h"
#include "model/staple_source.h"

namespace certstead {

class HealthParts {
 public:
  // `context`, what it refers to and `cas` outlive this object. `proofs`: ports that serve views.
  static Result<std::unique_ptr<HealthParts>> make(const Context& context, CaKeeper& cas,
                                                   std::vector<ViewProof> proofs);
  virtual ~HealthParts() = default;
  // Puts its desks into what the API is given.
  virtual void add_to(Manager& manager) = 0;
  // Fetches OCSP responses for the views.
  virtual StapleSource& staples() = 0;
  virtual void start() = 0;
  virtual void stop() = 0;
};

}  // namespace certstead

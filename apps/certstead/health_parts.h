// Health, watch and notifications of the manager, built and connected.
#pragma once

#include <memory>

#include "manager/manager.h"

namespace certstead {

class HealthParts {
 public:
  // `context` and what it refers to outlive this object. `sources`: further findings about sets.
  static Result<std::unique_ptr<HealthParts>> make(const Context& context,
                                                   std::vector<FindingSource*> sources = {});
  virtual ~HealthParts() = default;
  // Puts its desks into what the API is given.
  virtual void add_to(Manager& manager) = 0;
  virtual void start() = 0;
  virtual void stop() = 0;
};

}  // namespace certstead

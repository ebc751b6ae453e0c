// What proves names over DNS in the manager, built and connected.
#pragma once

#include <memory>

#include "cli/server_options.h"
#include "manager/manager.h"

namespace certstead {

class DnsParts {
 public:
  // All of it outlives this object. kInvalid for settings of the resolver that mean nothing.
  static Result<std::unique_ptr<DnsParts>> make(const ManagerOptions& options, const StorePorts& store,
                                                Sealer& sealer, const Clock& clock, LogSink& log);
  virtual ~DnsParts() = default;
  virtual DnsRecords& records() = 0;
  // Builds the use cases on `context`, which they are copied from, and puts them into what the API is given.
  virtual void add_to(Manager& manager, const Context& context) = 0;
};

}  // namespace certstead

// The use cases together, as the API is given them.
#pragma once

#include "manager/accounts.h"
#include "manager/issuers.h"
#include "manager/requests.h"
#include "manager/scheduler.h"
#include "model/view_catalog.h"

namespace certstead {

struct Manager {
  Requests& requests;
  AccountDesk& accounts;
  IssuerDesk& issuers;
  Jobs& jobs;
  Audit& audit;
  Members& members;
  Settings& settings;
  Scheduler& scheduler;  // poke() after a use case made a job
  ViewCatalog* views;    // may be null
  const Clock& clock;
};

}  // namespace certstead

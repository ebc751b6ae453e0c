// The use cases together, as the API is given them.
#pragma once

#include "manager/accounts.h"
#include "manager/deployment_desk.h"
#include "manager/dns_assist.h"
#include "manager/dns_desk.h"
#include "manager/dns_import.h"
#include "manager/dns_trial.h"
#include "manager/exports.h"
#include "manager/health_desk.h"
#include "manager/imports.h"
#include "manager/issuers.h"
#include "manager/manual_desk.h"
#include "manager/notify_desk.h"
#include "manager/requests.h"
#include "manager/roots_desk.h"
#include "manager/scheduler.h"
#include "manager/view_prover.h"
#include "manager/watch.h"
#include "model/backups.h"
#include "model/view_catalog.h"

namespace certstead {

// Proving names over DNS; null where there is none.
struct DnsUseCases {
  DnsDesk* accounts = nullptr;
  DnsTrial* trial = nullptr;
  DnsAssist* assist = nullptr;
  const DnsProviders* providers = nullptr;
};

struct Manager {
  Requests& requests;
  AccountDesk& accounts;
  IssuerDesk& issuers;
  ExportDesk& exports;
  ManualDesk& manual;
  DeploymentDesk& deployments;
  CaKeeper& cas;
  Jobs& jobs;
  Audit& audit;
  Members& members;
  Settings& settings;
  Scheduler& scheduler;  // poke() after a use case made a job
  ViewCatalog* views;    // may be null
  const Clock& clock;
  // Health and notifications; null where there is no watch.
  HealthDesk* health = nullptr;
  NotifyDesk* notify = nullptr;
  RootsDesk* roots = nullptr;
  Watch* watch = nullptr;
  ViewProver* prover = nullptr;
  Backups* backups = nullptr;  // null: this manager makes none
  DnsUseCases dns = {};
  Imports* imports = nullptr;  // null where nothing can be imported
};

}  // namespace certstead

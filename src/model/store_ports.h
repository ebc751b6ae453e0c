// All faces of one store, as the use cases take them.
#pragma once

#include "model/account.h"
#include "model/beats.h"
#include "model/challenge.h"
#include "model/credentials.h"
#include "model/deployment.h"
#include "model/dns_account.h"
#include "model/dns_journal.h"
#include "model/export_identity.h"
#include "model/feed.h"
#include "model/issuer_record.h"
#include "model/job.h"
#include "model/members.h"
#include "model/micro_ca.h"
#include "model/notify.h"
#include "model/orders.h"
#include "model/set_page.h"
#include "model/settings.h"
#include "model/tickets.h"
#include "model/trusted_root.h"
#include "model/url_watch.h"

namespace certstead {

struct StorePorts {
  CredentialSets& sets;
  CredentialVersions& versions;
  Orders& orders;
  Jobs& jobs;
  Accounts& accounts;
  Issuers& issuers;
  TrustedRoots& roots;
  Challenges& challenges;
  Members& members;
  Settings& settings;
  Audit& audit;
  FeedLog& feed;
  VersionChecks& checks;
  UrlWatches& watches;
  Notifications& notifications;
  Beats& beats;
  ExportIdentities& exports;
  CaRecords& cas;
  Deployments& deployments;
  SetPages& pages;
  Tickets& tickets;
  DnsAccounts& dns_accounts;
  DnsJournal& dns_journal;
};

}  // namespace certstead

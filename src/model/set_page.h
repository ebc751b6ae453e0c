// Sets with everything that lists of them show, read a page at a time: a few questions to the store for a
// page, not several for each set.
#pragma once

#include "model/certificate_check.h"
#include "model/credential.h"
#include "model/deployment.h"
#include "model/health.h"
#include "model/member_progress.h"
#include "model/order.h"

namespace certstead {

struct SetParts {
  CredentialSet set;
  std::vector<CredentialVersion> active;  // by key type
  std::size_t archived = 0;               // versions that are not active
  std::vector<VersionCheck> checks;       // of the active versions
  std::vector<Order> orders;              // unfinished
  std::vector<DeploymentReport> deployments;
  std::vector<ViewHolding> views;  // not of the store: add_holdings() in manager/set_holdings.h
};

enum class PageDetail {
  kFull,
  kBrief,  // for judging: versions without key, grants, chain and signature; no orders, nothing archived
};

// Port.
class SetPages {
 public:
  virtual ~SetPages() = default;
  // At most `limit` sets with name > `after`, by name, all as of one moment.
  virtual Result<std::vector<SetParts>> page(std::string_view after, std::size_t limit,
                                             PageDetail detail) = 0;
};

// What is known of the set's certificates, of the operation, of views and deployments: worst first, each
// sentence once. Pure.
HealthReport health_of(const SetParts& parts, Instant now);

}  // namespace certstead

#include "manager/new_order.h"

#include "base/id.h"

namespace certstead {

Order new_order(const CredentialSet& set, const Job& job, KeyType type,
                const std::vector<CredentialVersion>& versions) {
  Order order;
  order.id = make_id();
  order.set_id = set.id;
  order.job_id = job.id;
  order.key_type = type;
  order.issuer = set.issuer;
  order.account = set.account;
  order.names = set.names;
  order.profile = set.profile;
  order.preferred_chain = set.preferred_chain;
  order.self_check = set.self_check;
  for (const CredentialVersion& version : versions) {
    const bool predecessor = version.state == VersionState::kActive && version.key_type == type &&
                             version.issuer == set.issuer && version.account == set.account;
    if (predecessor) order.replaces = version.facts.ari_id;
  }
  return order;
}

}  // namespace certstead

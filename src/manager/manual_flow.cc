#include "manager/manual_flow.h"

namespace certstead {

IssuerRecord manual_issuer() {
  IssuerRecord record;
  record.name = kManual;
  record.kind = kManual;
  record.description = "A person or a script takes the request to a CA and brings the answer";
  record.account_key_rollover = false;
  return record;
}

Step ManualFlow::next_step(const Order& order, Instant) const {
  if (!order.error.empty()) return GiveUp{invalid(order.error, order.error_id)};
  if (order.csr.empty()) return MakeKey{};
  if (order.chain.empty()) return AwaitAnswer{};
  if (!order.chain_accepted) return AcceptChain{};
  return Complete{};
}

Result<Order> ManualFlow::advance(const Order&, const Step& step, Deadline) {
  return internal("the manual flow has no step " + std::string(step_name(step)));
}

Status ManualFlow::revoke(const CredentialVersion& version, int, Deadline) {
  return invalid("the certificate " + version.facts.serial + " was signed by " + version.facts.issuer +
                     ", to which we have no way; have it revoked there, then renew with --force or delete",
                 "manual-revoke");
}

}  // namespace certstead

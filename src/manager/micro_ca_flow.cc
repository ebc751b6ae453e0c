#include "manager/micro_ca_flow.h"

namespace certstead {

Step MicroCaFlow::next_step(const Order& order, Instant) const {
  if (!order.error.empty()) return GiveUp{invalid(order.error, order.error_id)};
  if (order.csr.empty()) return MakeKey{};
  if (order.chain.empty()) return Finalize{};
  if (!order.chain_accepted) return AcceptChain{};
  return Complete{};
}

Result<Order> MicroCaFlow::advance(const Order& order, const Step& step, Deadline) {
  if (!std::holds_alternative<Finalize>(step))
    return internal("the MicroCA flow has no step " + std::string(step_name(step)));
  TRY(SignedLeaf leaf, context_.ca.sign({order.issuer, order.csr, order.profile, 0, order.id}));
  Order next = order;
  next.finalize_sent = true;
  next.chain = std::move(leaf.chain);
  return next;
}

Status MicroCaFlow::revoke(const CredentialVersion& version, int reason, Deadline) {
  return context_.ca.revoke(issuer_.name, version.facts.serial, reason, "scheduler");
}

}  // namespace certstead

#include "acme_client/order_runner.h"

#include "crypto/certificate.h"
#include "crypto/csr.h"

namespace certstead {

Status OrderRunner::make_key(Order& order) {
  TRY(key, PrivateKey::generate(order.key_type));
  std::vector<std::string> names;
  for (const HostPattern& name : order.names) names.push_back(name.ascii());
  TRY(order.csr, make_csr(*key, names, false));
  return Done{};
}

Status OrderRunner::accept(Order& order) const {
  TRY(const Certificate leaf, Certificate::from_der(order.chain.at(0)));
  if (!leaf.matches(*key)) return invalid("the certificate has another key", "certificate-key");
  order.chain_accepted = true;
  return Done{};
}

Status OrderRunner::act(Order& order, const Step& step) {
  if (std::holds_alternative<MakeKey>(step)) return make_key(order);
  if (std::holds_alternative<AcceptChain>(step)) return accept(order);
  if (std::holds_alternative<PlanChallenges>(step)) {
    for (const HostPattern& name : order.names) order.plan.push_back({name.ascii(), challenge_type, "test"});
    order.planned = true;
    return Done{};
  }
  if (const auto* one = std::get_if<CheckPropagation>(&step)) {
    order.authorizations.at(one->index).challenge->checked = true;
    return Done{};
  }
  if (const auto* one = std::get_if<PublishChallenge>(&step)) {
    ChosenChallenge& challenge = *order.authorizations.at(one->index).challenge;
    publish(challenge);
    challenge.published = true;
    return Done{};
  }
  if (has_outside_effect(step)) order.step_begun = std::string(step_name(step));
  if (std::holds_alternative<CreateOrder>(step)) ++order.create_attempts;
  TRY(order, issuer_.advance(order, step, access_, Deadline::after(std::chrono::seconds{30})));
  return Done{};
}

Result<Order> OrderRunner::run(Order order) {
  for (;;) {
    const Step step = issuer_.next_step(order, now());
    last = order;
    if (std::holds_alternative<Complete>(step)) return order;
    if (const auto* end = std::get_if<GiveUp>(&step)) return end->error;
    if (const auto* wait = std::get_if<WaitUntil>(&step)) {
      waits.push_back(wait->at);
      wait_until(wait->at);
      continue;
    }
    if (!before(order, step)) return order;
    steps.emplace_back(step_name(step));
    const Status done = act(order, step);
    last = order;
    if (!done) return done.error();
  }
}

Order new_order(const std::vector<std::string>& names, Instant now) {
  Order order;
  order.id = "order";
  order.issuer = "stub";
  order.account = "default";
  for (const std::string& name : names) order.names.push_back(HostPattern::parse(name).value());
  order.created = now;
  return order;
}

}  // namespace certstead

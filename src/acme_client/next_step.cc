#include "acme_client/next_step.h"

#include <algorithm>

#include "model/dns_challenge.h"

namespace certstead {
namespace {

using std::chrono::milliseconds;

GiveUp give_up(std::string detail, std::string id) {
  return GiveUp{invalid(std::move(detail), std::move(id))};
}

GiveUp as_recorded(const Order& order, Instant now) {
  Error error = invalid(order.error, order.error_id);
  if (order.error_retry_after && *order.error_retry_after > now)
    error.retry_after = std::chrono::ceil<std::chrono::seconds>(*order.error_retry_after - now);
  return GiveUp{std::move(error)};
}

Step create(const Order& order) {
  // An answer that was recorded cleared `step_begun`, so only lost ones count: each may have left an order
  // behind.
  if (order.step_begun == "create-order" && order.create_attempts >= kMaxCreateAttempts)
    return give_up("The CA's answer to a new order was lost " + std::to_string(order.create_attempts) +
                       " times; find out why the manager stops or loses its connection at that moment.",
                   "order-lost");
  return CreateOrder{};
}

Step poll_order(const Order& order) {
  if (order.polls >= kMaxOrderPolls)
    return give_up("The CA has not brought the order to an end in " + std::to_string(order.polls) +
                       " looks at it; ask the CA, or request the certificate again.",
                   "order-stuck");
  return PollOrder{};
}

Step poll_authorization(const Order& order, std::size_t index) {
  if (order.polls >= kMaxChallengePolls)
    return give_up("The CA was told to look at " + name_for_people(order.authorizations[index].identifier) +
                       " and has not come to a verdict in " + std::to_string(order.polls) +
                       " looks; request the certificate again later.",
                   "challenge-stuck");
  return PollAuthorization{index};
}

Step finish(const Order& order) {
  if (order.csr.empty()) return MakeKey{};
  return Finalize{};
}

// The first authorization for which `what` is true.
template <class Predicate>
std::optional<std::size_t> first(const Order& order, Predicate what) {
  const auto& all = order.authorizations;
  const auto at = std::find_if(all.begin(), all.end(), what);
  if (at == all.end()) return std::nullopt;
  return static_cast<std::size_t>(at - all.begin());
}

bool is_pending(const Authorization& one) { return one.status == AcmeStatus::kPending; }

// Every pending authorization goes through one stage before any goes through the next.
std::optional<Step> next_of_challenges(const Order& order) {
  if (const auto i = first(order, [](const Authorization& one) { return is_pending(one) && !one.challenge; }))
    return give_up("The CA offers no challenge for " + name_for_people(order.authorizations[*i].identifier) +
                       " that can be met here.",
                   "no-http-01");
  const auto lacks = [&](bool ChosenChallenge::*done) {
    return first(order,
                 [done](const Authorization& one) { return is_pending(one) && !((*one.challenge).*done); });
  };
  if (const auto i = lacks(&ChosenChallenge::published)) return PublishChallenge{*i};
  const auto unchecked = [&](bool dns) {
    return first(order, [dns](const Authorization& one) {
      return is_pending(one) && is_dns_challenge(one.challenge->type) == dns && !one.challenge->checked &&
             !one.challenge->answered;
    });
  };
  if (const auto i = unchecked(true)) return CheckPropagation{*i};
  if (const auto i = unchecked(false); i && order.self_check) return SelfCheck{*i};
  if (const auto i = lacks(&ChosenChallenge::answered)) return AnswerChallenge{*i};
  return std::nullopt;
}

Step authorize(const Order& order) {
  if (order.authorizations.empty()) return poll_order(order);
  if (const auto i = first(order, [](const Authorization& one) { return one.status == AcmeStatus::kNone; }))
    return FetchAuthorization{*i};
  const auto failed = first(order, [](const Authorization& one) {
    return one.status != AcmeStatus::kPending && one.status != AcmeStatus::kValid;
  });
  if (failed) {
    const Authorization& one = order.authorizations[*failed];
    return give_up("The CA's authorization of " + name_for_people(one.identifier) + " is " +
                       std::string(acme_status_name(one.status)) + "; request the certificate again.",
                   "authorization-invalid");
  }
  if (const auto step = next_of_challenges(order)) return *step;
  if (order.csr.empty()) return MakeKey{};  // while the CA looks
  if (const auto i = first(order, is_pending)) return poll_authorization(order, *i);
  // A CA that said "not ready" to the finalizing knows more than we do.
  return order.finalize_sent ? poll_order(order) : finish(order);
}

Step at_ca(const Order& order) {
  switch (order.status) {
    case AcmeStatus::kNone:
    case AcmeStatus::kProcessing:
      return poll_order(order);
    case AcmeStatus::kPending:
      return authorize(order);
    case AcmeStatus::kReady:
      if (order.finalize_sent && order.polls >= kMaxOrderPolls) return poll_order(order);
      return finish(order);
    case AcmeStatus::kValid:
      return order.certificate_url.empty() ? poll_order(order) : Step{Download{}};
    case AcmeStatus::kInvalid:
    case AcmeStatus::kDeactivated:
    case AcmeStatus::kExpired:
    case AcmeStatus::kRevoked:
      return give_up("The CA calls the order " + std::string(acme_status_name(order.status)) +
                         " and does not say why; request the certificate again.",
                     "order-invalid");
  }
  return poll_order(order);
}

Step wanted(const Order& order) {
  if (order.url.empty()) return order.planned ? create(order) : PlanChallenges{};
  // The finalizing was begun and its outcome is not known: the CA may be at work on it, or done.
  if (order.step_begun == "finalize" && order.status != AcmeStatus::kValid) return poll_order(order);
  return at_ca(order);
}

// Whether the step is a conversation with the CA, or a look at our own servers that may be early.
struct NeedsTurn {
  bool operator()(const CreateOrder&) const { return true; }
  bool operator()(const FetchAuthorization&) const { return true; }
  bool operator()(const SelfCheck&) const { return true; }
  bool operator()(const AnswerChallenge&) const { return true; }
  bool operator()(const PollAuthorization&) const { return true; }
  bool operator()(const Finalize&) const { return true; }
  bool operator()(const PollOrder&) const { return true; }
  bool operator()(const Download&) const { return true; }
  bool operator()(const MakeKey&) const { return false; }
  bool operator()(const PublishChallenge&) const { return false; }
  bool operator()(const PlanChallenges&) const { return false; }
  bool operator()(const CheckPropagation&) const { return true; }
  bool operator()(const AcceptChain&) const { return false; }
  bool operator()(const AwaitAnswer&) const { return false; }
  bool operator()(const WaitUntil&) const { return false; }
  bool operator()(const Complete&) const { return false; }
  bool operator()(const GiveUp&) const { return false; }
};

}  // namespace

Duration poll_pause(int polls) {
  if (polls < 9) return milliseconds{10} * (1 << std::max(polls, 0));
  if (polls < 60) return std::chrono::seconds{5};
  if (polls < 200) return std::chrono::seconds{30};
  return std::chrono::minutes{5};
}

Step next_step(const Order& order, Instant now) {
  if (!order.error.empty()) return as_recorded(order, now);
  if (order.chain_accepted) return Complete{};
  if (!order.chain.empty()) return AcceptChain{};
  const Step step = wanted(order);
  if (order.not_before && now < *order.not_before && std::visit(NeedsTurn{}, step))
    return WaitUntil{*order.not_before};
  return step;
}

}  // namespace certstead

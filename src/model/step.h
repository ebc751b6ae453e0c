// What is to be done next with an order: the answer of a pure decision.
#pragma once

#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/result.h"

namespace certstead {

// Done by the issuer: one conversation with the CA each (a re-used answer may need none).
struct CreateOrder {};
struct FetchAuthorization {
  std::size_t index;
};
struct SelfCheck {
  std::size_t index;
};
struct AnswerChallenge {
  std::size_t index;
};
struct PollAuthorization {
  std::size_t index;
};
struct Finalize {};
struct PollOrder {};
struct Download {};
// Done by the manager, without the CA.
struct MakeKey {};  // key, sealed, and CSR
struct PublishChallenge {
  std::size_t index;
};
struct PlanChallenges {};  // how each name is to be proved
struct CheckPropagation {  // whether the TXT record can be seen by the CA
  std::size_t index;
};
struct AcceptChain {};  // check what was downloaded
// Done by a person.
struct AwaitAnswer {};  // the certificate is brought to us
// Neither.
struct WaitUntil {
  Instant at;
};
struct Complete {};  // nothing is left to do: activate
struct GiveUp {
  Error error;
};

using Step = std::variant<CreateOrder, FetchAuthorization, SelfCheck, AnswerChallenge, PollAuthorization,
                          Finalize, PollOrder, Download, MakeKey, PublishChallenge, PlanChallenges,
                          CheckPropagation, AcceptChain, AwaitAnswer, WaitUntil, Complete, GiveUp>;

// "create-order", "fetch-authorization", ...: in logs, progress and Order::step_begun.
std::string_view step_name(const Step& step);
// True for the steps that change something at the CA and so are recorded before they start.
bool has_outside_effect(const Step& step);

}  // namespace certstead

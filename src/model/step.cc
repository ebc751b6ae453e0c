#include "model/step.h"

namespace certstead {
namespace {

struct Name {
  std::string_view operator()(const CreateOrder&) const { return "create-order"; }
  std::string_view operator()(const FetchAuthorization&) const { return "fetch-authorization"; }
  std::string_view operator()(const SelfCheck&) const { return "self-check"; }
  std::string_view operator()(const AnswerChallenge&) const { return "answer-challenge"; }
  std::string_view operator()(const PollAuthorization&) const { return "poll-authorization"; }
  std::string_view operator()(const Finalize&) const { return "finalize"; }
  std::string_view operator()(const PollOrder&) const { return "poll-order"; }
  std::string_view operator()(const Download&) const { return "download"; }
  std::string_view operator()(const MakeKey&) const { return "make-key"; }
  std::string_view operator()(const PublishChallenge&) const { return "publish-challenge"; }
  std::string_view operator()(const PlanChallenges&) const { return "plan-challenges"; }
  std::string_view operator()(const CheckPropagation&) const { return "check-propagation"; }
  std::string_view operator()(const AcceptChain&) const { return "accept-chain"; }
  std::string_view operator()(const AwaitAnswer&) const { return "await-answer"; }
  std::string_view operator()(const WaitUntil&) const { return "wait"; }
  std::string_view operator()(const Complete&) const { return "complete"; }
  std::string_view operator()(const GiveUp&) const { return "give-up"; }
};

}  // namespace

std::string_view step_name(const Step& step) { return std::visit(Name{}, step); }

bool has_outside_effect(const Step& step) {
  return std::holds_alternative<CreateOrder>(step) || std::holds_alternative<AnswerChallenge>(step) ||
         std::holds_alternative<Finalize>(step);
}

}  // namespace certstead

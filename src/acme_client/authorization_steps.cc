#include <algorithm>

#include "acme_client/dns_values.h"
#include "acme_client/order_steps.h"
#include "acme_client/retry_after.h"
#include "base/text.h"
#include "jose/jwk.h"
#include "model/dns_challenge.h"

namespace certstead {
namespace {

const AcmeChallenge* challenge_of(const AcmeAuthorization& found, std::string_view type) {
  for (const AcmeChallenge& one : found.challenges)
    if (one.type == type) return &one;
  return nullptr;
}

// "dns-01, tls-alpn-01"
std::string offered(const AcmeAuthorization& found) {
  std::vector<std::string> types;
  for (const AcmeChallenge& one : found.challenges) types.push_back(one.type);
  return types.empty() ? "nothing" : join(types, ", ");
}

// The order's name that the authorization is for; a CA that asks for others is not obeyed, since what it
// names is where the self check goes.
bool is_asked_for(const Order& order, const AcmeAuthorization& found) {
  return std::any_of(order.names.begin(), order.names.end(), [&](const HostPattern& name) {
    return equals_ignoring_case(found.identifier, name.domain().ascii()) &&
           found.wildcard == name.is_wildcard();
  });
}

// Why an authorization failed: the reason stands in the challenge that was tried.
const Problem* reason(const AcmeAuthorization& found) {
  for (const AcmeChallenge& one : found.challenges)
    if (one.error) return &*one.error;
  return nullptr;
}

Order not_verified(Order order, const AcmeAuthorization& found, const IssuerRecord& issuer) {
  const std::string name = name_for_people(found.identifier);
  if (found.status != AcmeStatus::kInvalid)
    return ended(std::move(order),
                 issuer.name + "'s authorization of " + name + " is " +
                     std::string(acme_status_name(found.status)) + "; request the certificate again.",
                 "authorization-" + std::string(acme_status_name(found.status)));
  const Problem* why = reason(found);
  return ended(
      std::move(order),
      issuer.name + " could not verify " + name + ": " + (why ? describe(*why) : "it gives no reason"),
      why ? error_id(*why) : "authorization-invalid");
}

std::string other_way(const ChallengePlan& plan) {
  if (plan.type == kHttp01)
    return std::string(plan.name.starts_with("*.") ? "a wildcard" : "it") +
           " can be proved with a DNS account (`certstead dns add`).";
  return "the DNS account " + printable(plan.dns_account, 60) +
         " can be told to use another one (--challenge).";
}

// The challenge with what is to be shown for it.
Result<ChosenChallenge> chosen_challenge(const AcmeChallenge& challenge, const ChallengePlan& plan,
                                         const AcmeSigner& signer) {
  ChosenChallenge out;
  out.type = challenge.type;
  out.url = challenge.url;
  out.dns_account = plan.dns_account;
  TRY(const HostPattern name, HostPattern::parse(plan.name));
  if (challenge.type == kDnsPersist01) {
    out.validation_name = persist_name(name);
    out.issuer_domains = challenge.issuer_domains;
    const std::string& account = challenge.account_uri.empty() ? signer.kid : challenge.account_uri;
    out.txt_value = persist_text({challenge.issuer_domains.front(), account, name.is_wildcard(), {}});
    return out;
  }
  out.token = challenge.token;
  TRY(out.key_authorization, key_authorization(challenge.token, signer.key.public_key()));
  if (challenge.type == kHttp01) return out;
  out.txt_value = dns01_value(out.key_authorization);
  out.validation_name =
      (challenge.type == kDnsAccount01 ? account_label(signer.kid) + "." : "") + dns01_name(name);
  return out;
}

}  // namespace

Result<AcmeAuthorization> OrderSteps::read_authorization_of(const Order& order,
                                                            const HttpResponse& response) const {
  TRY(const std::string_view body, json_body(response));
  auto found = read_authorization(body, session_.urls());
  if (!found) return garbled(found.error());
  // RFC 8555 section 7.1.4: the identifier of a wildcard authorization comes without "*.".
  if (found->identifier_type != "dns" || !is_asked_for(order, *found))
    return invalid("The CA asks for an authorization of \"" + printable(found->identifier, 100) +
                       "\", which the order does not name.",
                   "acme-identifier");
  found->identifier = lower_ascii(found->identifier);
  return found;
}

Result<Order> OrderSteps::fetch_authorization(Order order, std::size_t index) {
  TRY(const HttpResponse response, fetch(order.authorizations.at(index).url));
  if (const auto problem = problem_of(response, clock_.now()))
    return refused(std::move(order), *problem, "to show an authorization");
  auto found = read_authorization_of(order, response);
  if (!found) {
    if (found.error().code != Code::kInvalid) return found.error();
    return ended(std::move(order), found.error().detail, found.error().id);
  }
  moved_on(order);
  Authorization& one = order.authorizations[index];
  one.identifier = found->identifier;
  one.wildcard = found->wildcard;
  one.status = found->status;
  if (found->status == AcmeStatus::kValid) return order;
  if (found->status != AcmeStatus::kPending) return not_verified(std::move(order), *found, access_.issuer);
  return choose_challenge(std::move(order), index, *found);
}

Order OrderSteps::choose_challenge(Order order, std::size_t index, const AcmeAuthorization& found) const {
  const ChallengePlan plan = plan_of(order, found.identifier, found.wildcard);
  const AcmeChallenge* challenge = challenge_of(found, plan.type);
  const std::string name = name_for_people(plan.name);
  if (challenge == nullptr || (found.wildcard && plan.type == kHttp01))
    return ended(std::move(order),
                 access_.issuer.name + " offers " + offered(found) + " for " + name + ", but " + plan.type +
                     " was to prove it; " + other_way(plan),
                 "no-" + plan.type);
  if (!challenge->unreadable.empty())
    return ended(std::move(order), access_.issuer.name + ", " + name + ": " + challenge->unreadable,
                 "acme-garbage");
  if (plan.type != kDnsPersist01 && !is_challenge_token(challenge->token))
    return ended(std::move(order),
                 access_.issuer.name + " sent a challenge for " + name + " whose token is not base64url: \"" +
                     printable(challenge->token, 60) + "\". It is not published.",
                 "bad-token");
  if (challenge->status == "invalid") return not_verified(std::move(order), found, access_.issuer);
  auto chosen = chosen_challenge(*challenge, plan, signer_);
  if (!chosen) return ended(std::move(order), chosen.error().detail, chosen.error().id);
  // After a restart the CA may be looking already.
  chosen->answered = challenge->status == "processing" || challenge->status == "valid";
  order.authorizations[index].challenge = std::move(*chosen);
  return order;
}

Order OrderSteps::answered(Order order, std::size_t index) const {
  order.authorizations[index].challenge->answered = true;
  const bool more =
      std::any_of(order.authorizations.begin(), order.authorizations.end(), [](const Authorization& one) {
        return one.status == AcmeStatus::kPending && one.challenge && !one.challenge->answered;
      });
  moved_on(order);
  return more ? order : wait_for_ca(std::move(order), std::nullopt);
}

Result<Order> OrderSteps::answer_challenge(Order order, std::size_t index) {
  Authorization& one = order.authorizations.at(index);
  if (!one.challenge) return internal("There is no challenge to answer for " + one.identifier + ".");
  TRY(const HttpResponse response, session_.post(one.challenge->url, signer_, "{}", deadline_));
  if (const auto problem = problem_of(response, clock_.now()))
    return after_refused_answer(std::move(order), index, *problem);
  const auto body = json_body(response);
  const auto challenge = body ? read_challenge(*body, session_.urls()) : Result<AcmeChallenge>(body.error());
  if (challenge && challenge->status == "valid") {
    one.status = AcmeStatus::kValid;
    one.challenge->answered = true;
    moved_on(order);
    return order;
  }
  return answered(std::move(order), index);  // the rest is for the polls to find
}

// CAs refuse the answer to a challenge that was answered before (a restart in between): what counts is how
// the authorization stands.
Result<Order> OrderSteps::after_refused_answer(Order order, std::size_t index, const Problem& problem) {
  if (!is_final(problem)) return to_error(problem, ca_refused("the answer to a challenge"));
  TRY(const HttpResponse response, fetch(order.authorizations[index].url));
  if (problem_of(response, clock_.now()))
    return refused(std::move(order), problem, "the answer to a challenge");
  const auto found = read_authorization_of(order, response);
  if (!found) return found.error();
  const AcmeChallenge* challenge = challenge_of(*found, order.authorizations[index].challenge->type);
  const bool taken = challenge != nullptr && challenge->status != "pending";
  if (found->status == AcmeStatus::kPending && !taken)
    return refused(std::move(order), problem, "the answer to a challenge");
  if (found->status == AcmeStatus::kPending) return answered(std::move(order), index);
  return absorb(std::move(order), index, *found, response);
}

Order OrderSteps::absorb(Order order, std::size_t index, const AcmeAuthorization& found,
                         const HttpResponse& response) const {
  Authorization& one = order.authorizations[index];
  one.status = found.status;
  if (found.status == AcmeStatus::kValid) {
    moved_on(order);
    return order;
  }
  if (found.status != AcmeStatus::kPending) return not_verified(std::move(order), found, access_.issuer);
  const std::string* header = response.headers.find("Retry-After");
  return wait_for_ca(std::move(order), header ? read_retry_after(*header, clock_.now()) : std::nullopt);
}

Result<Order> OrderSteps::poll_authorization(Order order, std::size_t index) {
  TRY(const HttpResponse response, fetch(order.authorizations.at(index).url));
  if (const auto problem = problem_of(response, clock_.now()))
    return refused(std::move(order), *problem, "to tell about an authorization");
  TRY(const AcmeAuthorization found, read_authorization_of(order, response));
  return absorb(std::move(order), index, found, response);
}

}  // namespace certstead

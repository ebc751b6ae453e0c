#include "manager/order_facts.h"

#include <algorithm>

#include "base/text.h"
#include "model/dns_challenge.h"

namespace certstead {

std::string key_text(const Order& order) { return std::string(key_type_name(order.key_type)); }

// "p256: www.example.test"
std::string domain_text(const Order& order, std::size_t index) {
  return key_text(order) + ": " + name_for_people(order.authorizations.at(index).identifier);
}

// One line for a person who watches; "" for steps that say nothing new.
std::string progress_of(const Order& order, const Step& step) {
  const auto domain = [&](std::size_t i) { return domain_text(order, i); };
  if (std::holds_alternative<CreateOrder>(step)) return key_text(order) + ": order placed at " + order.issuer;
  if (const auto* s = std::get_if<SelfCheck>(&step))
    return domain(s->index) + " challenge can be fetched from here";
  if (const auto* s = std::get_if<AnswerChallenge>(&step))
    return domain(s->index) + " the CA was told to look";
  if (const auto* s = std::get_if<PollAuthorization>(&step)) {
    if (order.authorizations.at(s->index).status == AcmeStatus::kValid)
      return domain(s->index) + " validated";
  }
  if (std::holds_alternative<Finalize>(step)) return key_text(order) + ": signing requested";
  if (std::holds_alternative<Download>(step)) return key_text(order) + ": certificate downloaded";
  return {};
}

bool proves_over_dns(const Authorization& one) {
  return one.status == AcmeStatus::kPending && one.challenge && is_dns_challenge(one.challenge->type);
}

bool over_dns(const Order& order, const Step& step) {
  if (std::holds_alternative<CheckPropagation>(step)) return true;
  const auto* publish = std::get_if<PublishChallenge>(&step);
  return publish != nullptr && proves_over_dns(order.authorizations.at(publish->index));
}

std::string dns_progress(const ChosenChallenge& challenge) {
  if (challenge.checked) return " TXT record is ready for the CA";
  if (challenge.type == kDnsPersist01) return " is proved by a standing TXT record";
  return " TXT record written by the DNS account " + printable(challenge.dns_account, 60);
}

bool is_poll(const Step& step) {
  return std::holds_alternative<PollAuthorization>(step) || std::holds_alternative<PollOrder>(step);
}

// Whether a poll learnt anything that has to survive a crash.
bool same_at_the_ca(const Order& a, const Order& b) {
  if (a.status != b.status || a.certificate_url != b.certificate_url || a.error != b.error ||
      a.authorizations.size() != b.authorizations.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.authorizations.size(); ++i) {
    if (a.authorizations[i].status != b.authorizations[i].status) return false;
  }
  return true;
}

bool challenges_open(const Order& order) {
  return std::any_of(order.authorizations.begin(), order.authorizations.end(), [](const Authorization& a) {
    return a.challenge && a.challenge->published &&
           (a.status == AcmeStatus::kPending || a.status == AcmeStatus::kNone);
  });
}

bool challenges_published(const Order& order) {
  return std::any_of(order.authorizations.begin(), order.authorizations.end(),
                     [](const Authorization& a) { return a.challenge && a.challenge->published; });
}

// A failure after which the same order can go on, once the outside world has recovered.
bool order_survives(const Error& error) {
  return error.code == Code::kUnavailable || error.code == Code::kLimited;
}

}  // namespace certstead

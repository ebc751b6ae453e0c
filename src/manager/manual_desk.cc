#include "manager/manual_desk.h"

#include <algorithm>

#include "base/text.h"
#include "manager/manual_flow.h"
#include "manager/set_changes.h"
#include "model/renewal.h"

namespace certstead {
namespace {

// After a cancelled renewal that was due.
constexpr Duration kAskAgain = std::chrono::days{1};

std::string words(const std::vector<KeyType>& types) {
  std::vector<std::string> out;
  for (const KeyType type : types) out.emplace_back(key_type_name(type));
  return join(out, ", ");
}

// What one answer holds, against the orders of a set.
class Answer {
 public:
  Answer(const Context& context, const CredentialSet& set) : context_(context), set_(set) {}

  Status read(std::vector<Bytes> certificates) {
    certificates_ = std::move(certificates);
    TRY(roots_, context_.store.roots.list_roots());
    TRY(const auto versions, context_.store.versions.versions(set_.id));
    for (const CredentialVersion& version : versions) previous_.push_back(version.facts.fingerprint);
    return Done{};
  }

  // Puts the chain for `order` into it. False if there is no certificate for its key.
  Result<bool> take(Order& order, std::vector<std::string>& warnings) {
    const Expected expected{order.csr, order.names, previous_, context_.clock.now()};
    const auto checked = context_.chains.check(certificates_, expected, roots_);
    const std::string key(key_type_name(order.key_type));
    if (!checked && checked.error().id == "certificate-key") return false;
    if (!checked) return checked.error().within(key);
    order.chain = checked->chain;
    order.chain_accepted = true;
    for (const std::string& warning : checked->warnings) warnings.push_back(key + ": " + warning);
    return true;
  }

  // Why nothing in it fits.
  Error no_match() const {
    for (const Bytes& der : certificates_) {
      const auto facts = context_.inspector.facts(der);
      if (facts && std::find(previous_.begin(), previous_.end(), facts->fingerprint) != previous_.end()) {
        return invalid("this is the certificate " + facts->serial + ", which " + set_.name +
                           " had before; have the request of `certstead csr " + set_.name +
                           "` signed, and bring its answer",
                       "certificate-old");
      }
    }
    return invalid("none of the " + std::to_string(certificates_.size()) +
                       " certificates given is for a key of " + set_.name +
                       "; have the request of `certstead csr " + set_.name + "` signed, and bring its answer",
                   "certificate-key");
  }

 private:
  const Context& context_;
  const CredentialSet& set_;
  std::vector<Bytes> certificates_;
  std::vector<TrustedRoot> roots_;
  std::vector<std::string> previous_;
};

}  // namespace

Result<CredentialSet> ManualDesk::waiting_set(std::string_view name) {
  TRY(CredentialSet set, context_.store.sets.find_set_by_name(name));
  if (set.status == SetStatus::kWaiting) return set;
  return conflict(set.name + " does not wait for a certificate: it is " +
                      std::string(set_status_name(set.status)) +
                      (set.flow == kManual ? "; `certstead renew --force` makes new requests" : ""),
                  "not-waiting");
}

Result<std::vector<OpenRequest>> ManualDesk::requests(std::string_view set_name,
                                                      std::optional<KeyType> key_type) {
  TRY(const CredentialSet set, waiting_set(set_name));
  TRY(const auto orders, context_.store.orders.orders_of_set(set.id));
  std::vector<OpenRequest> out;
  for (const Order& order : orders) {
    if (key_type && order.key_type != *key_type) continue;
    out.push_back(
        {order.key_type, context_.inspector.request_to_pem(order.csr), order.chain_accepted, order.created});
  }
  if (out.empty()) {
    return not_found(set.name + " has no request with a " +
                         std::string(key_type_name(key_type.value_or(KeyType::kP256))) + " key; it has " +
                         words(set.key_types),
                     "no-such-request");
  }
  return out;
}

Result<CompleteOutcome> ManualDesk::complete(std::string_view set_name, const std::vector<Bytes>& files,
                                             const Actor& actor) {
  CompleteOutcome outcome;
  TRY(outcome.set, waiting_set(set_name));
  const CredentialSet& set = outcome.set;
  TRY(auto orders, context_.store.orders.orders_of_set(set.id));
  Answer answer(context_, set);
  TRY(auto certificates, certificates_in(files));
  CHECK_OK(answer.read(std::move(certificates)));
  std::vector<Order> fresh;
  for (Order& order : orders) {
    TRY(const bool taken, answer.take(order, outcome.warnings));
    if (taken) fresh.push_back(order);
    if (!order.chain_accepted) outcome.missing.push_back(order.key_type);
  }
  if (fresh.empty()) return answer.no_match();
  for (Order& order : fresh) {
    order.job_id.clear();  // its job ended when the waiting began
    CHECK_OK(context_.store.orders.record_step(order, 0, ""));
    outcome.accepted.push_back(order.key_type);
  }
  const AuditNote note{actor.name, "set.complete", set.name, words(outcome.accepted)};
  CHECK_OK(context_.store.audit.add_audit(note));
  if (!outcome.missing.empty()) {
    outcome.summary = "took the certificate for " + words(outcome.accepted) + "; the one for " +
                      words(outcome.missing) + " is still missing";
    return outcome;
  }
  TRY(outcome.job_id, start_issue(context_, set, "", context_.clock.now(), note));
  outcome.summary = "every key has its certificate; they are activated together";
  return outcome;
}

Result<std::vector<Bytes>> ManualDesk::certificates_in(const std::vector<Bytes>& files) {
  std::vector<Bytes> all;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto found = context_.inspector.certificates_in(files[i]);
    if (!found && files.size() == 1) return found.error();
    if (!found) return found.error().within("number " + std::to_string(i + 1) + " of the files");
    all.insert(all.end(), found->begin(), found->end());
  }
  return all;
}

Result<CredentialSet> ManualDesk::cancel(std::string_view set_name, const Actor& actor) {
  TRY(const CredentialSet set, waiting_set(set_name));
  TRY(const auto active, context_.store.versions.active_versions(set.id));
  TRY(const auto orders, context_.store.orders.orders_of_set(set.id));
  for (const Order& order : orders) CHECK_OK(context_.store.orders.remove_order(order.id));
  std::optional<Instant> next;
  for (const CredentialVersion& version : active) {
    const Instant at = renew_at(version.facts.not_before, version.facts.not_after, set.id);
    next = std::min(at, next.value_or(Instant::max()));
  }
  if (next) next = std::max(*next, context_.clock.now() + kAskAgain);
  return change_set(context_, set.id,
                    [&](CredentialSet& s) {
                      s.status = active.empty() ? SetStatus::kDraft : SetStatus::kIssued;
                      s.renew_at = next;
                      s.renew_why = next ? "last third" : "";
                    },
                    {actor.name, "set.cancel", set.name, ""});
}

}  // namespace certstead

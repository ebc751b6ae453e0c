#include "model/health.h"

#include <algorithm>

namespace certstead {
namespace {

constexpr Duration kShortLife = std::chrono::days{10};

class Judge {
 public:
  Judge(const CredentialSet& set, Instant now) : set_(set), now_(now) {}

  void revoked() {
    worse(Health::kRed, "revoked", "its certificates are revoked and no other ones are there");
  }

  void missing(const std::vector<CredentialVersion>& active) {
    if (active.empty()) return worse(Health::kRed, "no-certificate", "there is no active certificate");
    for (const KeyType type : set_.key_types) {
      const bool found =
          std::any_of(active.begin(), active.end(), [&](const auto& v) { return v.key_type == type; });
      if (!found)
        worse(Health::kRed, "key-type-missing",
              "no active certificate with a " + std::string(key_type_name(type)) + " key");
    }
  }

  void dates(const CredentialVersion& version) {
    const auto& facts = version.facts;
    const std::string which = "the " + std::string(key_type_name(version.key_type)) + " certificate ";
    const Duration life = facts.not_after - facts.not_before;
    const Duration close = life < kShortLife ? life / 10 : Duration{std::chrono::days{1}};
    if (now_ >= facts.not_after) {
      worse(Health::kRed, "expired", which + "expired " + describe(now_ - facts.not_after) + " ago");
    } else if (facts.not_after - now_ <= close) {
      worse(Health::kRed, "expires-soon", which + "expires in " + describe(facts.not_after - now_));
    } else if (now_ < facts.not_before) {
      worse(Health::kRed, "not-yet-valid", which + "is not valid before " + to_rfc3339(facts.not_before));
    }
  }

  void overdue(const std::vector<CredentialVersion>& active) {
    if (!set_.renew_at || active.empty()) return;
    const auto soonest = std::min_element(active.begin(), active.end(), [](const auto& a, const auto& b) {
      return a.facts.not_after < b.facts.not_after;
    });
    const Duration life = soonest->facts.not_after - soonest->facts.not_before;
    const Duration patience = std::min(life / 20, Duration{std::chrono::days{1}});
    if (now_ > *set_.renew_at + patience) {
      worse(Health::kYellow, "renewal-overdue",
            "its renewal was due " + describe(now_ - *set_.renew_at) + " ago");
    }
  }

  void operation() {
    const Operation& op = set_.operation;
    if (op.failures == 0) return;
    report_.operation = op.failures >= 3 ? Health::kRed : Health::kYellow;
    std::string reason =
        "the last " + std::to_string(op.failures) + (op.failures == 1 ? " try" : " tries") + " failed";
    if (op.failures == 1) reason = "the last try failed";
    if (op.next_try) reason += ", next try " + to_rfc3339(*op.next_try);
    add(report_.operation, "renewal-failing", reason + ": " + op.last_error);
  }

  void waiting() {
    if (set_.status != SetStatus::kWaiting) return;
    report_.operation = std::max(report_.operation, Health::kYellow);
    add(Health::kYellow, "awaits-answer",
        "a person has to act: take the request (certstead csr " + set_.name +
            ") to the CA and bring its answer (certstead complete " + set_.name + " FILE)");
  }

  HealthReport take() { return std::move(report_); }

 private:
  void worse(Health health, std::string id, std::string reason) {
    report_.certificate = std::max(report_.certificate, health);
    add(health, std::move(id), std::move(reason));
  }
  void add(Health health, std::string id, std::string reason) {
    report_.findings.push_back({health, std::move(id), set_.name, reason});
    report_.reasons.push_back(std::move(reason));
  }

  const CredentialSet& set_;
  Instant now_;
  HealthReport report_;
};

}  // namespace

HealthReport judge(const CredentialSet& set, const std::vector<CredentialVersion>& active, Instant now) {
  Judge out(set, now);
  if (set.status == SetStatus::kArchived) return out.take();
  if (set.status == SetStatus::kRevoked && active.empty()) {
    out.revoked();
    return out.take();
  }
  out.missing(active);
  for (const CredentialVersion& version : active) out.dates(version);
  out.overdue(active);
  out.operation();
  out.waiting();
  return out.take();
}

}  // namespace certstead

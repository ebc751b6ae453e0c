#include "manager/budget.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace certstead {
namespace {

constexpr Duration kHour = std::chrono::hours{1};
constexpr Duration kWeek = std::chrono::hours{24 * 7};

std::vector<std::string> sorted_names(const std::vector<HostPattern>& names) {
  std::vector<std::string> out;
  for (const HostPattern& name : names) out.push_back(name.ascii());
  std::sort(out.begin(), out.end());
  return out;
}

bool of_issuer(const CredentialSet& set, const CredentialVersion& version) {
  return version.issuer == set.issuer && version.account == set.account;
}

}  // namespace

OrderWish order_wish(const CredentialSet& set, const std::vector<KeyType>& missing,
                     const std::vector<CredentialVersion>& versions) {
  OrderWish wish;
  wish.orders = static_cast<int>(missing.size());
  const std::vector<std::string> names = sorted_names(set.names);
  for (const CredentialVersion& version : versions) {
    std::vector<std::string> signed_names = version.facts.names;
    std::sort(signed_names.begin(), signed_names.end());
    if (version.issuer == set.issuer && signed_names == names) wish.renewal = true;
    const bool announced = version.state == VersionState::kActive && of_issuer(set, version) &&
                           !version.facts.ari_id.empty() &&
                           std::find(missing.begin(), missing.end(), version.key_type) != missing.end();
    if (announced) ++wish.announced_renewals;
  }
  return wish;
}

std::vector<BudgetLine> budget_lines(const CredentialSet& set, const IssuerRecord& issuer,
                                     const OrderWish& wish, const RegisteredDomains& domains) {
  std::vector<BudgetLine> lines;
  const auto add = [&](std::string kind, std::string scope, int limit, Duration window, int amount) {
    if (limit > 0 && amount > 0) lines.push_back({std::move(kind), std::move(scope), limit, window, amount});
  };
  add("order", set.account, issuer.max_orders_per_hour, kHour, wish.orders);
  if (!wish.renewal) {
    std::set<std::string> registered;
    for (const HostPattern& name : set.names) registered.insert(domains.registered_domain(name.domain()));
    for (const std::string& domain : registered)
      add("domain", domain, issuer.max_per_domain_per_week, kWeek, wish.orders);
  }
  add("duplicate", join(sorted_names(set.names), ","), issuer.max_duplicates_per_week, kWeek,
      wish.orders - wish.announced_renewals);
  return lines;
}

std::string describe_wait(const IssuerRecord& issuer, const Issuers::BudgetWait& wait) {
  const std::string limit = std::to_string(wait.line.limit);
  std::string budget = limit + " orders in an hour";
  if (wait.line.kind == "domain")
    budget = limit + " certificates a week for new names of " + name_for_people(wait.line.scope);
  if (wait.line.kind == "duplicate") budget = limit + " certificates a week for exactly these names";
  return "waiting until " + to_rfc3339(wait.until) + ": the budget at " + issuer.name + " of " + budget +
         " is used up";
}

}  // namespace certstead

#include "model/dns_challenge.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::string_view kAccountUri = "accounturi", kPolicy = "policy", kUntil = "persistuntil";

Error no_account(const HostPattern& name, const std::string& leads_to) {
  return invalid(name_for_people(name) +
                     ": a wildcard is proved over DNS only, and no DNS account answers for " +
                     name.domain().ascii() + leads_to + "; add one with `certstead dns add --domain " +
                     name.domain().ascii() + "`",
                 "wildcard-no-dns-account");
}

// Who answers where the name behind the label of our account at the CA leads, and proves names so.
const DnsAccount* account_behind_label(const std::vector<DnsAccount>& accounts,
                                       const Result<DnsPlace>& labelled, const std::string& asked) {
  const DnsAccount* account = account_for(accounts, labelled ? labelled->name : asked);
  return account != nullptr && account->challenge == kDnsAccount01 ? account : nullptr;
}

// Nobody is asked where the record stands: it is written at the name itself.
bool does_without_place(const DnsAccount& account) {
  return account.propagation == DnsPropagationMode::kDelay || account.challenge == kDnsPersist01;
}

}  // namespace

bool is_dns_challenge(std::string_view type) {
  return type == kDns01 || type == kDnsAccount01 || type == kDnsPersist01;
}

std::string dns01_name(const HostPattern& name) { return "_acme-challenge." + name.domain().ascii(); }
std::string persist_name(const HostPattern& name) { return "_validation-persist." + name.domain().ascii(); }

bool any_proves_by_account_label(const std::vector<DnsAccount>& accounts) {
  return std::ranges::any_of(
      accounts, [](const DnsAccount& one) { return one.enabled && one.challenge == kDnsAccount01; });
}

Result<ChallengePlan> plan_challenge(const HostPattern& name, const std::vector<DnsAccount>& accounts,
                                     const DnsPlaces& places) {
  const std::string asked = dns01_name(name);
  const Result<DnsPlace>& place = places.plain;
  const DnsAccount* account = account_for(accounts, place ? place->name : asked);
  const bool looks_elsewhere = places.labelled && (account == nullptr || account->challenge == kDnsAccount01);
  if (looks_elsewhere) account = account_behind_label(accounts, *places.labelled, asked);
  const Result<DnsPlace>& counts = looks_elsewhere ? *places.labelled : place;
  if (account != nullptr) {
    if (!counts && !does_without_place(*account)) return counts.error().within(name_for_people(name));
    return ChallengePlan{name.ascii(), account->challenge, account->name};
  }
  // A standing record is looked for at a name of its own, wherever the other one leads.
  const DnsAccount* own = account_for(accounts, name.domain().ascii());
  if (own != nullptr && own->challenge == kDnsPersist01)
    return ChallengePlan{name.ascii(), own->challenge, own->name};
  if (!name.is_wildcard()) return ChallengePlan{name.ascii(), std::string(kHttp01), ""};
  if (!place)
    return no_account(name, " (where " + asked + " leads is not known: " + place.error().detail + ")");
  return no_account(name,
                    place->name == asked ? "" : " or for " + place->name + ", where " + asked + " leads");
}

ChallengePlan plan_of(const Order& order, std::string_view identifier, bool wildcard) {
  const std::string name = (wildcard ? "*." : "") + std::string(identifier);
  const auto found = std::ranges::find(order.plan, name, &ChallengePlan::name);
  return found == order.plan.end() ? ChallengePlan{name, std::string(kHttp01), ""} : *found;
}

std::string persist_text(const PersistRecord& record) {
  std::string out = record.issuer + "; accounturi=" + record.account_uri;
  if (record.wildcard) out += "; policy=wildcard";
  if (record.until) out += "; persistUntil=" + std::to_string(to_unix_ms(*record.until) / 1000);
  return out;
}

Result<PersistRecord> parse_persist(std::string_view text) {
  const auto parts = split(text, ';');
  PersistRecord out;
  out.issuer = lower_ascii(trim(parts.front()));
  if (out.issuer.empty() || parts.size() < 2)
    return invalid("\"" + printable(text, 200) + "\" is no standing record of dns-persist-01", "dns-persist");
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = trim(parts[i]);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string name = lower_ascii(trim(part.substr(0, equals)));
    const std::string_view value = trim(part.substr(equals + 1));
    if (name == kAccountUri) out.account_uri = value;
    if (name == kPolicy) out.wildcard = equals_ignoring_case(value, "wildcard");
    if (name != kUntil) continue;
    const auto seconds = parse_number(value);
    if (!seconds || *seconds > 253'402'300'799)
      return invalid("\"" + printable(value, 40) + "\" is no time for persistUntil", "dns-persist");
    out.until = from_unix_seconds(static_cast<std::int64_t>(*seconds));
  }
  return out;
}

std::string persist_problem(std::string_view text, const ChosenChallenge& challenge, Instant now) {
  const auto found = parse_persist(text);
  if (!found) return found.error().detail;
  const auto wanted = parse_persist(challenge.txt_value);
  if (!wanted) return wanted.error().detail;
  const auto& issuers = challenge.issuer_domains;
  if (std::ranges::find(issuers, found->issuer) == issuers.end())
    return "it names the CA " + printable(found->issuer, 100) + " and not " + wanted->issuer;
  if (found->account_uri != wanted->account_uri)
    return "it names another account than " + printable(wanted->account_uri, 200);
  if (wanted->wildcard && !found->wildcard) return "it lacks policy=wildcard";
  if (found->until && *found->until <= now) return "it ended at " + to_rfc3339(*found->until);
  return {};
}

}  // namespace certstead

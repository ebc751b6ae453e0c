#include "manager/dns_run.h"

#include <algorithm>

#include "base/parallel.h"
#include "base/text.h"
#include "model/dns_challenge.h"

namespace certstead {
namespace {

constexpr Duration kLocateTime = std::chrono::seconds{15};
constexpr Duration kWriteTime = std::chrono::seconds{60};
constexpr Duration kLookTime = std::chrono::seconds{20};
constexpr Duration kFirstPause{100};
constexpr Duration kLongestPause = std::chrono::seconds{15};

Error stopped() { return unavailable("the manager stops", "stopping"); }

// "ns1.example.net 192.0.2.53 does not show it, ns2.example.net 192.0.2.54: no answer"
std::string who_lacks(const std::vector<DnsServerView>& servers) {
  std::vector<std::string> lacking;
  for (const DnsServerView& one : servers) {
    if (one.shows) continue;
    lacking.push_back(printable(one.server, 100) +
                      (one.problem.empty() ? " does not show it" : ": " + printable(one.problem, 200)));
  }
  return lacking.empty() ? "no server was found to ask" : join(lacking, ", ");
}

Error took_too_long(const ChosenChallenge& challenge, const DnsAccount& account, const std::string& why) {
  return unavailable("the TXT record at " + challenge.record_name + " can't be seen everywhere " +
                         describe(account.timeout) + " after it was written: " + why +
                         "; look at the zone's servers, or give the DNS account " +
                         printable(account.name, 60) +
                         " more time or another way to look (--propagation resolver or delay)",
                     "dns-propagation");
}

std::optional<Result<DnsPlace>> place_if_any(const std::vector<Result<DnsPlace>>& places, std::size_t at) {
  if (at >= places.size()) return {};
  return places[at];
}

}  // namespace

std::vector<Result<DnsPlace>> DnsRun::locate(const std::vector<std::string>& names) {
  std::vector<Result<DnsPlace>> out(names.size(), stopped());
  for_each_concurrently(
      names.size(), kDnsAtOnce,
      [&](std::size_t i) {
        if (!stopping_()) out[i] = context_.dns->names().locate(names[i], Deadline::after(kLocateTime));
      },
      meanwhile_);
  return out;
}

Result<std::vector<ChallengePlan>> DnsRun::plan(const std::vector<HostPattern>& names,
                                                const std::string& account_url) {
  std::vector<DnsAccount> accounts;
  if (context_.dns != nullptr) {
    TRY(accounts, context_.store.dns_accounts.list_dns_accounts());
  }
  std::vector<std::string> plain, labelled;
  for (const HostPattern& name : names) plain.push_back(dns01_name(name));
  if (!account_url.empty() && any_proves_by_account_label(accounts)) {
    const std::string label = context_.acme.account_label(account_url);
    for (const std::string& one : plain) labelled.push_back(label + "." + one);
  }
  const bool asks = std::ranges::any_of(accounts, &DnsAccount::enabled);
  // Without accounts every place is as good as the name itself: nothing answers for either.
  const auto places = asks ? locate(plain) : std::vector<Result<DnsPlace>>();
  const auto labelled_places = locate(labelled);
  std::vector<ChallengePlan> out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const DnsPlaces leads{asks ? places[i] : Result<DnsPlace>(DnsPlace{plain[i], "", {}}),
                          place_if_any(labelled_places, i)};
    TRY(ChallengePlan one, plan_challenge(names[i], accounts, leads));
    out.push_back(std::move(one));
  }
  return out;
}

Status DnsRun::publish(const std::vector<Part>& parts) {
  if (context_.dns == nullptr) return internal("there is nobody who writes to the DNS");
  TRY(const auto accounts, context_.store.dns_accounts.list_dns_accounts());
  std::vector<Result<DnsWritten>> written(parts.size(), stopped());
  for_each_concurrently(
      parts.size(), kDnsAtOnce,
      [&](std::size_t i) {
        const ChosenChallenge& one = parts[i].challenge();
        if (stopping_() || one.type == kDnsPersist01) return;
        written[i] = context_.dns->publish(accounts, {parts[i].order->id, one.validation_name, one.txt_value},
                                           Deadline::after(kWriteTime));
      },
      meanwhile_);
  Status outcome = Done{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    ChosenChallenge& one = parts[i].challenge();
    if (one.type == kDnsPersist01) {
      one.published = true;  // by a person, before we came
    } else if (written[i]) {
      one.published = true;
      one.record_name = written[i]->name;
      one.record_zone = written[i]->zone;
      one.dns_account = written[i]->account;
    } else if (outcome) {
      outcome = written[i].error();
    }
    if (one.published) one.published_at = context_.clock.now();
  }
  return outcome;
}

DnsRun::Look DnsRun::look_for_standing(const ChosenChallenge& challenge, const DnsAccount& account) const {
  const auto fails = [&](const std::string& why) {
    return Look{false,
                {},
                unavailable("set the TXT record " + challenge.validation_name + " \"" + challenge.txt_value +
                                "\", which proves the name from then on: " + why,
                            "dns-persist-missing")};
  };
  const Deadline deadline = Deadline::after(kLookTime);
  const auto place = context_.dns->names().locate(challenge.validation_name, deadline);
  if (!place) return fails(place.error().detail);
  const auto servers = context_.dns->names().read(place->name, place->zone, DnsRecordType::kTxt,
                                                  account.propagation, deadline);
  if (!servers) return fails(servers.error().detail);
  for (const DnsServerRecords& server : *servers) {
    if (!server.problem.empty())
      return fails(printable(server.server, 100) + ": " + printable(server.problem, 200));
    std::string why = "there is none";
    for (const std::string& value : server.values) {
      why = persist_problem(value, challenge, context_.clock.now());
      if (why.empty()) break;
    }
    if (!why.empty()) return fails("at " + printable(server.server, 100) + " " + why);
  }
  if (servers->empty()) return fails("no server was found to ask");
  return {true, {}, {}};
}

DnsRun::Look DnsRun::look(const ChosenChallenge& challenge, const std::vector<DnsAccount>& accounts) const {
  const auto found = std::ranges::find(accounts, challenge.dns_account, &DnsAccount::name);
  const DnsAccount account = found == accounts.end() ? DnsAccount{} : *found;
  if (challenge.type == kDnsPersist01) return look_for_standing(challenge, account);
  const Instant now = context_.clock.now();
  const Instant since = challenge.published_at.value_or(now);
  if (now < since + account.delay) return {false, since + account.delay, {}};
  if (account.propagation == DnsPropagationMode::kDelay) return {true, {}, {}};
  const auto seen =
      context_.dns->names().look({challenge.record_name, challenge.record_zone, challenge.txt_value},
                                 account.propagation, Deadline::after(kLookTime));
  if (seen && seen->everywhere) return {true, {}, {}};
  if (now - since >= account.timeout)
    return {
        false, {}, took_too_long(challenge, account, seen ? who_lacks(seen->servers) : seen.error().detail)};
  return {false, now + std::clamp<Duration>((now - since) / 3, kFirstPause, kLongestPause), {}};
}

Status DnsRun::check(const std::vector<Part>& parts) {
  if (context_.dns == nullptr) return internal("there is nobody who looks at the DNS");
  TRY(const auto accounts, context_.store.dns_accounts.list_dns_accounts());
  std::vector<Look> looks(parts.size());
  for_each_concurrently(
      parts.size(), kDnsAtOnce,
      [&](std::size_t i) {
        if (!stopping_()) looks[i] = look(parts[i].challenge(), accounts);
      },
      meanwhile_);
  Status outcome = Done{};
  for (const Part& part : parts) part.order->not_before.reset();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::optional<Instant>& not_before = parts[i].order->not_before;
    parts[i].challenge().checked = looks[i].seen;
    if (looks[i].again) not_before = std::min(not_before.value_or(Instant::max()), *looks[i].again);
    if (looks[i].error && outcome) outcome = *looks[i].error;
  }
  return outcome;
}

}  // namespace certstead

#include "manager/dns_assist.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "manager/issuers.h"
#include "model/caa.h"
#include "model/dns_challenge.h"

namespace certstead {
namespace {

constexpr Duration kTime = std::chrono::seconds{20};
constexpr std::array<std::string_view, 4> kStates = {"set", "missing", "differs", "unknown"};

// `issue "ca.example; accounturi=URI"` as a server holds it: flags, tag, value.
struct CaaRecord {
  std::string tag, issuer, account_uri;
};

std::optional<CaaRecord> read_caa(std::string_view text) {
  const std::size_t first = text.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  CaaRecord out;
  out.tag = lower_ascii(text.substr(first + 1, second - first - 1));
  std::string_view value = trim(text.substr(second + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  const auto parts = split(value, ';');
  out.issuer = lower_ascii(trim(parts.front()));
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = trim(parts[i]);
    const std::size_t equals = part.find('=');
    if (equals != std::string_view::npos && equals_ignoring_case(trim(part.substr(0, equals)), "accounturi"))
      out.account_uri = trim(part.substr(equals + 1));
  }
  return out;
}

// The records that count for the name: those of issuewild for a wildcard where there are any (RFC 8659
// section 4.3).
std::vector<CaaRecord> that_count(const std::vector<std::string>& values, bool wildcard) {
  std::vector<CaaRecord> issue, wild;
  for (const std::string& value : values) {
    const auto record = read_caa(value);
    if (record && record->tag == "issue") issue.push_back(*record);
    if (record && record->tag == "issuewild") wild.push_back(*record);
  }
  return wildcard && !wild.empty() ? wild : issue;
}

struct Verdict {
  DnsAdvice::State state;
  std::string detail;
};

Verdict judge_caa(const std::vector<CaaRecord>& records, const std::vector<std::string>& identities,
                  const std::string& account_uri) {
  using State = DnsAdvice::State;
  if (records.empty()) return {State::kMissing, "every CA may issue for it"};
  bool ours = false, every = false, another = false;
  std::string others;
  for (const CaaRecord& record : records) {
    if (std::ranges::find(identities, record.issuer) == identities.end()) {
      if (!record.issuer.empty()) others += (others.empty() ? "" : ", ") + printable(record.issuer, 100);
      continue;
    }
    ours = ours || record.account_uri == account_uri;
    every = every || record.account_uri.empty();
    another = another || (!record.account_uri.empty() && record.account_uri != account_uri);
  }
  // One record without an account undoes what the others say.
  if (every && !account_uri.empty())
    return {State::kDiffers, "every account at this CA may get certificates for it"};
  if (ours) return {State::kSet, others.empty() ? "" : "other CAs may issue for it too: " + others};
  if (another) return {State::kDiffers, "another account than ours may get certificates for it"};
  return {State::kDiffers, "this CA may not issue for it"};
}

}  // namespace

std::string_view advice_state_name(DnsAdvice::State state) {
  return kStates[static_cast<std::size_t>(state)];
}

struct DnsAssist::Case {
  HostPattern host;
  IssuerRecord issuer;
  std::vector<std::string> caa_identities;
  std::string account_uri;  // at the CA, "" where there is none yet
  std::vector<DnsAccount> accounts;
  std::string label;                 // of that account, for dns-account-01; "" without one, or without need
  DnsPlaces places;                  // where the validation names lead
  const DnsAccount* answers;         // with which the name is proved; null for nobody
  std::optional<DnsAccount> wanted;  // where it is to lead
};

Result<DnsAssist::Case> DnsAssist::open(const DnsAssistInput& input) {
  TRY(HostPattern host, HostPattern::parse(trim(input.name)));
  std::string issuer = input.issuer;
  if (issuer.empty()) {
    TRY(const auto chosen, context_.store.settings.setting("default-issuer"));
    issuer = chosen.value_or("");
  }
  TRY(IssuerRecord record, context_.store.issuers.find_issuer(issuer));
  Case out{std::move(host), std::move(record), {}, {}, {}, "", {DnsPlace{}}, nullptr, {}};
  const auto facts = context_.authority.directory(out.issuer, Deadline::after(kTime));
  if (facts) out.caa_identities = facts->caa_identities;
  const auto account = context_.store.accounts.find_account(
      out.issuer.name, input.account.empty() ? "default" : input.account);
  if (account) out.account_uri = account->url;
  TRY(out.accounts, context_.store.dns_accounts.list_dns_accounts());
  if (!input.dns_account.empty()) {
    TRY(out.wanted, context_.store.dns_accounts.find_dns_account(input.dns_account));
  }
  const std::string plain = dns01_name(out.host);
  out.places.plain = names_.locate(plain, Deadline::after(kTime));
  if (out.account_uri.empty() || !any_proves_by_account_label(out.accounts)) return out;
  out.label = context_.acme.account_label(out.account_uri);
  out.places.labelled = names_.locate(out.label + "." + plain, Deadline::after(kTime));
  return out;
}

std::string DnsAssist::zone_of(std::string_view name) {
  for (std::string_view at = name; !at.empty();) {
    const auto place = names_.locate(at, Deadline::after(kTime));
    if (place && place->aliases.empty()) return place->zone;
    const std::size_t dot = at.find('.');
    if (dot == std::string_view::npos) break;
    at = at.substr(dot + 1);
  }
  return {};
}

void DnsAssist::read(DnsAdvice& advice, const std::string& name, DnsRecordType type) {
  auto servers =
      names_.read(name, zone_of(name), type, DnsPropagationMode::kAuthoritative, Deadline::after(kTime));
  if (!servers) {
    advice.detail = servers.error().detail;
    return;
  }
  advice.servers = std::move(*servers);
  if (advice.servers.empty()) advice.detail = "no server was found to ask";
}

void DnsAssist::advise_cname(const Case& about, DnsAssistReport& report) {
  const DnsAccount* to = about.wanted ? &*about.wanted : about.answers;
  if (to == nullptr) {
    const auto any = std::ranges::find_if(about.accounts, &DnsAccount::enabled);
    if (any != about.accounts.end()) to = &*any;
  }
  if (to == nullptr) {
    report.notes.push_back("there is no DNS account yet; add one with `certstead dns add`");
    return;
  }
  const bool labelled = to->challenge == kDnsAccount01 && about.places.labelled;
  const Result<DnsPlace>& place = labelled ? *about.places.labelled : about.places.plain;
  const std::string asked = (labelled ? about.label + "." : "") + dns01_name(about.host);
  const bool leads = place && place->name != asked;
  const std::vector<DnsAccount> only = {*to};
  if (!leads && account_for(only, asked) != nullptr) return;  // written at the name itself
  DnsAdvice advice;
  advice.type = "CNAME";
  advice.name = asked;
  const bool right = leads && account_for(only, place->name) != nullptr;
  advice.value =
      (right ? place->name : about.host.domain().ascii() + "." + to->domains.front().ascii()) + ".";
  advice.why = "proofs of this name are then written by the DNS account " + to->name +
               ", which needs no rights on " + about.host.domain().ascii();
  read(advice, asked, DnsRecordType::kCname);
  const std::string target = advice.value.substr(0, advice.value.size() - 1);
  bool all = !advice.servers.empty(), some = false;
  for (const DnsServerRecords& server : advice.servers) {
    const bool set = std::ranges::find(server.values, target) != server.values.end();
    all = all && (set || right);
    some = some || !server.values.empty();
    if (!server.problem.empty()) advice.detail = server.server + ": " + server.problem;
  }
  if (!advice.servers.empty()) {
    advice.state = all    ? DnsAdvice::State::kSet
                   : some ? DnsAdvice::State::kDiffers
                          : DnsAdvice::State::kMissing;
  }
  report.advice.push_back(std::move(advice));
}

void DnsAssist::advise_caa(const Case& about, DnsAssistReport& report) {
  if (about.caa_identities.empty()) {
    report.notes.push_back(about.issuer.name + " does not say by which name CAA records call it");
    return;
  }
  DnsAdvice advice;
  advice.type = "CAA";
  advice.name = about.host.domain().ascii();
  advice.value = std::string("0 ") + (about.host.is_wildcard() ? "issuewild" : "issue") + " \"" +
                 about.caa_identities.front() +
                 (about.account_uri.empty() ? "" : "; accounturi=" + about.account_uri) + "\"";
  advice.why = "only this account of this CA may then get certificates for the name";
  if (about.account_uri.empty())
    report.notes.push_back("there is no account at " + about.issuer.name +
                           " yet; `certstead account add` makes one, and the CAA record can then name it");
  const auto steps =
      climb_to_caa(names_, advice.name, DnsPropagationMode::kAuthoritative, Deadline::after(kTime));
  if (!steps || steps->empty()) {
    advice.detail = steps ? "no server was found to ask" : steps.error().detail;
    return report.advice.push_back(std::move(advice));
  }
  // Without any on the way up the name's own servers are shown.
  const bool any =
      std::ranges::any_of(steps->back().servers, [](const auto& one) { return !one.values.empty(); });
  const CaaStep& shown = any ? steps->back() : steps->front();
  advice.servers = shown.servers;
  advice.detail = shown.problem;
  for (std::size_t i = 0; i < advice.servers.size(); ++i) {
    const DnsServerRecords& server = advice.servers[i];
    const Verdict verdict = !server.problem.empty()
                                ? Verdict{DnsAdvice::State::kUnknown, server.server + ": " + server.problem}
                                : judge_caa(that_count(server.values, about.host.is_wildcard()),
                                            about.caa_identities, about.account_uri);
    // The worst of the servers counts.
    if (i == 0 || verdict.state != DnsAdvice::State::kSet)
      advice.state = verdict.state, advice.detail = verdict.detail;
  }
  report.advice.push_back(std::move(advice));
}

void DnsAssist::advise_standing(const Case& about, DnsAssistReport& report) {
  if (about.caa_identities.empty() || about.account_uri.empty()) {
    report.notes.push_back("the standing record can be told when the CA and our account at it are known");
    return;
  }
  ChosenChallenge wanted;
  wanted.txt_value =
      persist_text({about.caa_identities.front(), about.account_uri, about.host.is_wildcard(), std::nullopt});
  wanted.issuer_domains = about.caa_identities;
  DnsAdvice advice;
  advice.type = "TXT";
  advice.name = persist_name(about.host);
  advice.value = "\"" + wanted.txt_value + "\"";
  advice.why =
      "it proves the name to " + about.issuer.name + " for as long as it stands; nothing else is written";
  read(advice, advice.name, DnsRecordType::kTxt);
  if (!advice.servers.empty()) advice.state = DnsAdvice::State::kSet;
  for (const DnsServerRecords& server : advice.servers) {
    std::string problem = "there is none";
    for (const std::string& value : server.values) {
      problem = persist_problem(value, wanted, context_.clock.now());
      if (problem.empty()) break;
    }
    if (problem.empty() && server.problem.empty()) continue;
    advice.state = server.values.empty() ? DnsAdvice::State::kMissing : DnsAdvice::State::kDiffers;
    advice.detail =
        printable(server.server, 100) + ": " + (server.problem.empty() ? problem : server.problem);
  }
  report.advice.push_back(std::move(advice));
}

Result<DnsAssistReport> DnsAssist::assist(const DnsAssistInput& input) {
  TRY(Case about, open(input));
  const auto plan = plan_challenge(about.host, about.accounts, about.places);
  const auto chosen = std::ranges::find(about.accounts, plan ? plan->dns_account : "", &DnsAccount::name);
  about.answers =
      chosen != about.accounts.end() ? &*chosen : account_for(about.accounts, dns01_name(about.host));
  DnsAssistReport report;
  report.name = about.host.ascii();
  report.issuer = about.issuer.name;
  if (plan) {
    report.challenge = plan->type;
    report.dns_account = plan->dns_account;
  } else {
    report.notes.push_back(plan.error().detail);
  }
  if (report.challenge == kDnsPersist01) {
    advise_standing(about, report);
  } else {
    advise_cname(about, report);
  }
  advise_caa(about, report);
  return report;
}

}  // namespace certstead

#include "manager/health_desk.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "manager/dns_findings.h"
#include "manager/member_findings.h"
#include "manager/requests.h"
#include "manager/set_holdings.h"

namespace certstead {
namespace {

constexpr std::size_t kPage = 500;

// A person agreed to terms that are not the present ones.
Status add_terms(const StorePorts& store, std::vector<Finding>& out) {
  TRY(const auto accounts, store.accounts.list_accounts());
  for (const Account& account : accounts) {
    if (account.status != "valid" || account.agreed_terms.empty()) continue;
    const auto issuer = store.issuers.find_issuer(account.issuer);
    if (!issuer || issuer->terms_seen.empty() || issuer->terms_seen == account.agreed_terms) continue;
    const std::string name = account.issuer + "/" + account.name;
    out.push_back({Health::kYellow, "terms-changed", "account " + name,
                   "the terms of service of " + printable(account.issuer) + " have changed to " +
                       printable(issuer->terms_seen) + "; read them, then run `certstead account agree " +
                       account.issuer + " " + account.name + "`"});
  }
  return Done{};
}

Status add_watches(const StorePorts& store, std::vector<Finding>& out) {
  TRY(const auto watches, store.watches.list_watches());
  for (const WatchRecord& record : watches) {
    if (!record.last) continue;
    out.insert(out.end(), record.last->findings.begin(), record.last->findings.end());
  }
  return Done{};
}

// What is wrong with our own CAs, one finding for each reason.
Status add_cas(CaKeeper* cas, std::vector<Finding>& out) {
  if (cas == nullptr) return Done{};
  TRY(const auto views, cas->list());
  for (const CaView& view : views) {
    for (const CaProblem& problem : view.problems) {
      out.push_back({problem.severity, problem.id, "CA " + view.record.name,
                     "CA " + printable(view.record.name) + ": " + problem.detail});
    }
  }
  return Done{};
}

// Findings about deployments go to their sets; of those whose set is not there nobody would hear.
Status add_lost_deployments(const StorePorts& store, std::vector<Finding>& out) {
  TRY(const auto reports, store.deployments.list_deployments());
  for (const DeploymentReport& report : reports) {
    if (report.layout == kViewLayout) continue;  // goes with its set
    const auto set = store.sets.find_set_by_name(report.set_name);
    if (set || set.error().code != Code::kNotFound) continue;
    out.push_back({Health::kRed, "deploy-without-set", "deployment " + report.name,
                   "deployment " + printable(report.name) + " on " + printable(report.host) +
                       " wants the set " + printable(report.set_name) +
                       ", which there is not; mend its file, or run `certstead deploy remove " + report.name +
                       "` there"});
  }
  return Done{};
}

std::vector<GroupedFinding> grouped(std::vector<Finding> findings) {
  sort_findings(findings);
  std::vector<GroupedFinding> out;
  std::map<std::pair<std::string, std::string>, std::size_t> known;
  for (Finding& finding : findings) {
    const auto [at, fresh] = known.try_emplace({finding.id, finding.detail}, out.size());
    if (fresh) out.push_back({finding, {}, 0});
    GroupedFinding& group = out[at->second];
    if (group.subjects.size() < kNamedSubjects) group.subjects.push_back(finding.subject);
    ++group.count;
  }
  return out;
}

std::optional<Finding> stalled_watch(const std::optional<Instant>& last_round, Instant now) {
  if (!last_round || now - *last_round <= kWatchStalled) return std::nullopt;
  return Finding{Health::kRed, "watch-stalled", "this manager",
                 "the watch last ran " + describe(now - *last_round) +
                     " ago: nothing is checked and nobody is told; restart the manager and look at its log"};
}

}  // namespace

Result<std::vector<Finding>> common_findings(const HealthContext& context, Instant now) {
  const StorePorts& store = context.base.store;
  TRY(const auto roots, store.roots.list_roots());
  std::vector<Finding> out = root_findings(roots, now);
  CHECK_OK(add_cas(context.cas, out));
  CHECK_OK(add_lost_deployments(store, out));
  CHECK_OK(add_watches(store, out));
  CHECK_OK(add_terms(store, out));
  TRY(auto members, member_findings(store, now, context.since));
  std::move(members.begin(), members.end(), std::back_inserter(out));
  TRY(auto dns, dns_findings(store, now));
  std::move(dns.begin(), dns.end(), std::back_inserter(out));
  return out;
}

Result<HealthView> HealthDesk::view(std::string_view name) {
  const StorePorts& store = context_.base.store;
  const Instant now = context_.base.clock.now();
  HealthView out;
  std::vector<Finding> all;
  const auto add = [&](HealthReport report) {
    const Health overall = std::max(report.overall(), worst_of(report.findings));
    ++(overall == Health::kRed ? out.red : overall == Health::kYellow ? out.yellow : out.green);
    std::move(report.findings.begin(), report.findings.end(), std::back_inserter(all));
  };
  TRY(out.last_round, store.beats.beat(kWatchBeat));
  if (!name.empty()) {
    TRY(SetView view, Requests(context_.base).show(name));
    add(std::move(view.health));
  } else {
    for (std::string after;;) {
      TRY(auto page, store.pages.page(after, kPage, PageDetail::kBrief));
      for (SetParts& parts : page) {
        add_holdings(context_.base, parts);
        add(health_of(parts, now));
      }
      if (page.size() < kPage) break;
      after = page.back().set.name;
    }
    TRY(auto common, common_findings(context_, now));
    std::move(common.begin(), common.end(), std::back_inserter(all));
    if (const auto stalled = stalled_watch(out.last_round, now)) all.push_back(*stalled);
  }
  out.overall = worst_of(all);
  out.findings = grouped(std::move(all));
  return out;
}

Status HealthDesk::make_due(std::string_view name) {
  const StorePorts& store = context_.base.store;
  const Instant now = context_.base.clock.now();
  if (!name.empty()) {
    TRY(const CredentialSet set, store.sets.find_set_by_name(name));
    return store.checks.make_due(set.id, now);
  }
  CHECK_OK(store.checks.make_due("", now));
  return store.watches.make_due(now);
}

Result<WatchRecord> HealthDesk::add_watch(const UrlWatch& watch, const Actor& actor) {
  if (watch.roots != "system" && watch.roots != "store") {
    return invalid("the roots of a watched address are \"system\" or \"store\", not \"" +
                       printable(watch.roots, 40) + "\"",
                   "watch-roots");
  }
  CHECK_OK(context_.prober.check(watch));
  WatchRecord record{watch, context_.base.clock.now(), {}, {}};
  record.watch.created = record.next_check;
  CHECK_OK(context_.base.store.watches.add_watch(
      record.watch, {actor.name, "watch.add", record.watch.name, watch.starttls}));
  return record;
}

Status HealthDesk::remove_watch(std::string_view name, const Actor& actor) {
  return context_.base.store.watches.remove_watch(name, {actor.name, "watch.remove", std::string(name), ""});
}

Status HealthDesk::change_settings(const HealthSettings& after, const Actor& actor) {
  TRY(const HealthSettings before, settings());
  return write_health_settings(context_.base.store.settings, before, after, actor);
}

}  // namespace certstead

#include "manager/watch_telling.h"

#include <algorithm>
#include <map>

#include "base/id.h"
#include "base/text.h"
#include "manager/set_holdings.h"
#include "model/deployment_health.h"

namespace certstead {
namespace {

constexpr Duration kSweepPause = std::chrono::minutes{1};
// No renewal for so long although some are due: something is wrong with all of them.
constexpr Duration kNoSuccess = std::chrono::hours{24};
constexpr Duration kSilence = std::chrono::hours{6};
constexpr Duration kProofPatience = std::chrono::hours{1};
constexpr std::string_view kManager = "this manager";

// A renewal that failed once or twice mends itself mostly, and what was issued a moment ago is on its way.
// What was proved before this manager was started is proved again by now.
void drop_passing(std::vector<Finding>& findings, const CredentialSet& set, const HealthSettings& settings,
                  Duration runs) {
  if (runs < kProofPatience)
    std::erase_if(findings, [](const Finding& finding) { return finding.id == kProofStale; });
  std::erase_if(findings, [](const Finding& finding) { return finding.id == kDeployPending; });
  if (set.operation.failures >= settings.notify.failures) return;
  std::erase_if(findings, [](const Finding& finding) { return finding.id == "renewal-failing"; });
}

}  // namespace

// Without targets nothing is told, and nothing counts as told: who is added later hears what stands.
Status Teller::tell(const std::string& subject, const std::vector<Finding>& findings) {
  Notifications& store = context_.base.store.notifications;
  const Instant now = context_.base.clock.now();
  TRY(const auto told, store.told(subject));
  if (findings.empty() && told.empty()) return Done{};
  TRY(const auto targets, store.list_targets());
  if (targets.empty()) return told.empty() ? Status(Done{}) : store.tell(subject, {}, {});
  TRY(const HealthSettings settings, read_health_settings(context_.base.store.settings));
  const DueNotices due = due_notices(now, findings, told, settings.notify);
  std::vector<OutboxEntry> entries;
  for (const Notice& notice : due.notices) {
    for (const NotifyTarget& target : targets) {
      entries.push_back({make_id(), target.name, notice, send_at(now, settings.notify), 0, ""});
    }
  }
  if (entries.empty() && due.told.size() == told.size()) return Done{};
  return store.tell(subject, due.told, entries);
}

Status Teller::tell_common() {
  const Instant now = context_.base.clock.now();
  TRY(const auto findings, common_findings(context_, now));
  std::map<std::string, std::vector<Finding>> by_subject;
  for (const Finding& finding : findings) by_subject[finding.subject].push_back(finding);
  // What was told of a subject that has no findings any more, or is gone, is over.
  TRY(const auto subjects, context_.base.store.notifications.told_subjects());
  for (const std::string& subject : subjects) {
    const bool is_set = context_.base.store.sets.find_set_by_name(subject).has_value();
    if (!is_set && subject != kManager) by_subject.try_emplace(subject);
  }
  for (const auto& [subject, all] : by_subject) CHECK_OK(tell(subject, all));
  std::vector<Finding> own;
  if (overdue_ > 0 && (!newest_ || now - *newest_ > kNoSuccess)) {
    own.push_back({Health::kRed, "no-renewal-success", std::string(kManager),
                   std::to_string(overdue_) + " renewals are overdue and none has succeeded " +
                       (newest_ ? "since " + to_rfc3339(*newest_) : std::string("so far")) +
                       "; look at `certstead jobs list`"});
  }
  return tell(std::string(kManager), own);
}

Result<std::size_t> Teller::judge_page() {
  const StorePorts& store = context_.base.store;
  const Instant now = context_.base.clock.now();
  if (after_.empty() && last_sweep_ > now) last_sweep_ = Instant::min();  // the clock was set back
  if (after_.empty() && last_sweep_ != Instant::min() && now - last_sweep_ < kSweepPause) {
    return std::size_t{0};
  }
  if (after_.empty()) {
    last_sweep_ = now;
    overdue_ = 0;
    newest_.reset();
  }
  TRY(const HealthSettings settings, read_health_settings(store.settings));
  TRY(auto page, store.pages.page(after_, options_.sets, PageDetail::kBrief));
  const Duration runs = context_.since == Instant::min() ? kProofPatience : now - context_.since;
  for (SetParts& parts : page) {
    add_holdings(context_.base, parts);
    HealthReport report = health_of(parts, now);
    drop_passing(report.findings, parts.set, settings, runs);
    CHECK_OK(tell(parts.set.name, report.findings));
    if (parts.set.renew_at && now - *parts.set.renew_at > kNoSuccess) ++overdue_;
    for (const CredentialVersion& version : parts.active) {
      newest_ = std::max(newest_.value_or(version.activated), version.activated);
    }
  }
  after_ = page.size() < options_.sets ? "" : page.back().set.name;
  if (after_.empty()) CHECK_OK(tell_common());
  return page.size();
}

Status Teller::note_silence() {
  const StorePorts& store = context_.base.store;
  const Instant now = context_.base.clock.now();
  TRY(const auto last, store.beats.beat(kWatchBeat));
  if (!last || now - *last < kSilence) return Done{};
  return tell(std::string(kManager),
              {{Health::kYellow, "watch-silent", std::string(kManager),
                "the watch did not run from " + to_rfc3339(*last) + " to " + to_rfc3339(now) +
                    ": nothing was checked and nobody was told in this time"}});
}

// The outer error is one of the store, the inner one of the target.
Result<Status> Teller::send(const NotifyTarget& target, const std::vector<Notice>& notices) {
  TRY(const StoreIdentity identity, context_.base.store.settings.identity());
  SecretBytes secret;
  if (!target.secret.empty()) {
    auto opened = context_.base.sealer.open(target.secret, target.grants);
    if (!opened) return Status(opened.error());
    secret = std::move(*opened);
  }
  return context_.notifier.send(target, secret,
                                {identity.store_id, context_.base.clock.now(), false, notices},
                                Deadline::after(options_.call_timeout * 3));
}

Status Teller::deliver(RoundReport& report) {
  Notifications& store = context_.base.store.notifications;
  const Instant now = context_.base.clock.now();
  TRY(const auto targets, store.list_targets());
  for (const NotifyTarget& target : targets) {
    TRY(const auto due, store.outbox_due(target.name, now, options_.notices));
    if (due.empty()) continue;
    std::vector<Notice> notices;
    int attempts = 0;
    for (const OutboxEntry& entry : due) {
      notices.push_back(entry.notice);
      attempts = std::max(attempts, entry.attempts);
    }
    TRY(const Status sent, send(target, notices));
    if (!sent) {
      context_.base.log.warning("notify.failed", {{"target", target.name}, {"error", sent.error().detail}});
    }
    CHECK_OK(store.end_delivery(due, sent ? std::string() : sent.error().detail,
                                now + delivery_pause(attempts + 1)));
    (sent ? report.sent : report.failed) += due.size();
  }
  return Done{};
}

Status Teller::send_heartbeats() {
  const StorePorts& store = context_.base.store;
  const Instant now = context_.base.clock.now();
  TRY(const auto targets, store.notifications.list_targets());
  for (const NotifyTarget& target : targets) {
    if (!target.heartbeat) continue;
    TRY(const HealthSettings settings, read_health_settings(store.settings));
    const std::string what = "heartbeat:" + target.name;
    TRY(const auto last, store.beats.beat(what));
    if (last && *last <= now && now - *last < settings.notify.heartbeat) continue;
    CHECK_OK(store.beats.put_beat(what, now));
    TRY(const Status sent, send(target, {}));
    if (!sent) {
      context_.base.log.warning("notify.heartbeat",
                                {{"target", target.name}, {"error", sent.error().detail}});
    }
  }
  return Done{};
}

}  // namespace certstead

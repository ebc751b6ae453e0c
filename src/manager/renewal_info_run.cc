#include "manager/renewal_info_run.h"

#include "manager/set_changes.h"
#include "model/renewal.h"

namespace certstead {
namespace {

constexpr Duration kAskAgainAfterFailure = std::chrono::hours{6};

struct Answer {
  std::optional<Instant> renew_at;
  std::optional<Instant> ask_again;
  std::string explanation;
};

Answer ask(const Context& context, const ExecutorOptions& options, const IssuerRecord& issuer,
           const std::vector<CredentialVersion>& active, const CredentialSet& set) {
  Answer answer;
  const Instant now = context.clock.now();
  for (const CredentialVersion& version : active) {
    if (version.facts.ari_id.empty()) continue;
    const auto info =
        context.acme.renewal_info(issuer, version.facts.ari_id, Deadline::after(options.call_timeout));
    if (!info && info.error().code == Code::kNotFound) continue;
    const Instant again = now + (info ? info->poll_after : kAskAgainAfterFailure);
    answer.ask_again = std::min(again, answer.ask_again.value_or(Instant::max()));
    if (!info) {
      context.log.info("ari.unanswered", {{"set", set.name}, {"error", info.error().detail}});
      continue;
    }
    const Instant at = renew_within(info->window_start, info->window_end, set.id, now);
    answer.renew_at = std::min(at, answer.renew_at.value_or(Instant::max()));
    if (!info->explanation_url.empty()) answer.explanation = info->explanation_url;
  }
  return answer;
}

}  // namespace

Result<RunOutcome> run_renewal_info(const Context& context, const ExecutorOptions& options, const Job& job) {
  const auto set = context.store.sets.find_set(job.set_id);
  if (!set && set.error().code == Code::kNotFound) return RunOutcome::done();
  if (!set) return set.error();
  TRY(const auto active, context.store.versions.active_versions(set->id));
  TRY(const IssuerRecord issuer, context.store.issuers.find_issuer(set->issuer));
  const Answer answer = ask(context, options, issuer, active, *set);
  CHECK_OK(change_set(
      context, set->id,
      [&](CredentialSet& s) {
        s.ari_poll_at = answer.ask_again;
        if (!answer.renew_at) return;
        s.renew_at = answer.renew_at;
        s.renew_why = answer.explanation.empty() ? "ari" : "ari: " + answer.explanation;
      },
      {"scheduler", "set.renewal-info", set->name, answer.renew_at ? to_rfc3339(*answer.renew_at) : "none"}));
  return RunOutcome::done();
}

}  // namespace certstead

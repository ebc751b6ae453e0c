#include "manager/revoke_run.h"

#include <algorithm>

#include "base/text.h"
#include "manager/set_changes.h"
#include "model/backoff.h"

namespace certstead {
namespace {

constexpr int kKeyCompromise = 1;

struct Wanted {
  int reason = 0;
  bool leave_empty = false;
  std::vector<std::string> version_ids;
};

Result<Wanted> parse_argument(std::string_view text) {
  const auto words = split(text, ' ');
  const auto reason = parse_number(words.front());
  if (words.size() < 3 || !reason) return internal("the revocation job has no readable argument");
  Wanted wanted{static_cast<int>(*reason), words[1] == "leave-empty", {}};
  for (std::size_t i = 2; i < words.size(); ++i) wanted.version_ids.emplace_back(words[i]);
  return wanted;
}

Result<RunOutcome> fail(const Context& context, const Job& job, const CredentialSet& set,
                        const Error& error) {
  const Instant now = context.clock.now();
  const Instant next = now + backoff(job.attempts + 1, job.id);
  CHECK_OK(change_set(context, set.id,
                      [&](CredentialSet& s) {
                        ++s.operation.failures;
                        s.operation.last_error = "revocation: " + error.detail;
                        s.operation.last_error_id = error.id;
                        s.operation.last_try = now;
                        s.operation.next_try = next;
                      },
                      {"scheduler", "set.failed", set.name, error.detail}));
  CHECK_OK(context.store.jobs.add_progress(job.id, now, "failed: " + error.detail));
  return RunOutcome::failed(error, next);
}

Status revoke_one(const Context& context, const ExecutorOptions& options, const Job& job,
                  const CredentialVersion& version, int reason) {
  TRY(const auto flow, open_flow(context, version.issuer, version.account));
  const Status revoked = flow->revoke(version, reason, Deadline::after(options.call_timeout));
  if (!revoked && revoked.error().code != Code::kConflict)
    return revoked;  // kConflict: it was revoked before
  const Instant now = context.clock.now();
  CHECK_OK(context.store.versions.mark_revoked(
      version.id, reason, now, {"scheduler", "version.revoke", job.set_name, version.facts.serial}));
  return context.store.jobs.add_progress(
      job.id, now, std::string(key_type_name(version.key_type)) + ": " + version.facts.serial + " revoked");
}

}  // namespace

Result<RunOutcome> run_revoke(const Context& context, const ExecutorOptions& options, const Job& job) {
  TRY(const Wanted wanted, parse_argument(job.argument));
  const auto set = context.store.sets.find_set(job.set_id);
  if (!set && set.error().code == Code::kNotFound) return RunOutcome::done();
  if (!set) return set.error();
  TRY(const auto versions, context.store.versions.versions(set->id));
  for (const CredentialVersion& version : versions) {
    const auto& ids = wanted.version_ids;
    if (std::find(ids.begin(), ids.end(), version.id) == ids.end()) continue;
    if (version.state == VersionState::kRevoked) continue;
    const bool in_use =
        version.state == VersionState::kActive && !wanted.leave_empty && wanted.reason != kKeyCompromise;
    if (in_use) return RunOutcome::wait(context.clock.now() + options.short_wait);
    const Status done = revoke_one(context, options, job, version, wanted.reason);
    if (!done) return fail(context, job, *set, done.error());
  }
  if (wanted.leave_empty) {
    CHECK_OK(change_set(context, set->id,
                        [](CredentialSet& s) {
                          s.status = SetStatus::kRevoked;
                          s.operation = {};
                          s.renew_at.reset();
                          s.ari_poll_at.reset();
                        },
                        {"scheduler", "set.revoked", set->name, ""}));
  }
  return RunOutcome::done();
}

}  // namespace certstead

#include "manager/executor.h"

#include "manager/issue_run.h"
#include "manager/renewal_info_run.h"
#include "manager/revoke_run.h"

namespace certstead {
namespace {

// What to do with a job whose run met a store that fails: nothing is recorded, the lease runs out.
void finish(Job& job, const RunOutcome& outcome, Instant now) {
  job.last_error.clear();
  job.last_error_id.clear();
  switch (outcome.kind) {
    case RunOutcome::Kind::kDone:
      job.status = JobStatus::kDone;
      job.finished = now;
      return;
    case RunOutcome::Kind::kFailed:
      ++job.attempts;
      job.last_error = outcome.error.detail;
      job.last_error_id =
          outcome.error.id.empty() ? std::string(code_name(outcome.error.code)) : outcome.error.id;
      [[fallthrough]];
    case RunOutcome::Kind::kWait:
      job.status = JobStatus::kQueued;
      job.run_at = outcome.run_at;
      return;
  }
}

}  // namespace

Executor::Executor(Context context, ExecutorOptions options, std::function<bool()> stopping)
    : context_(context), options_(options), stopping_(std::move(stopping)) {}

Status Executor::run(Job job) {
  const auto outcome = [&]() -> Result<RunOutcome> {
    switch (job.kind) {
      case JobKind::kIssue:
        return IssueRun(context_, options_, stopping_, job).run();
      case JobKind::kRevoke:
        return run_revoke(context_, options_, job);
      case JobKind::kRenewalInfo:
        return run_renewal_info(context_, options_, job);
    }
    return internal("a job of an unknown kind");
  }();
  if (!outcome) {
    context_.log.error("job.interrupted",
                       {{"job", job.id}, {"set", job.set_name}, {"error", outcome.error().detail}});
    return outcome.error();
  }
  finish(job, *outcome, context_.clock.now());
  return context_.store.jobs.finish_run(job);
}

}  // namespace certstead

// Jobs: work that survives the process. Claimed with a lease and a fencing token.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace certstead {

enum class JobKind { kIssue, kRevoke, kRenewalInfo };
std::string_view job_kind_name(JobKind kind);
Result<JobKind> parse_job_kind(std::string_view text);

enum class JobStatus { kQueued, kRunning, kDone, kFailed };
std::string_view job_status_name(JobStatus status);
Result<JobStatus> parse_job_status(std::string_view text);

struct Job {
  std::string id;
  JobKind kind = JobKind::kIssue;
  std::string set_id;    // "" for jobs of the whole store
  std::string set_name;  // as it was called then
  std::string argument;  // for the kind: "forced", "fresh-key", a revocation; "": whatever is missing
  JobStatus status = JobStatus::kQueued;
  Instant run_at;     // not before
  int attempts = 0;   // runs that failed; counted by whoever ends a run
  std::string owner;  // process that holds the lease
  std::optional<Instant> lease_until;
  std::int64_t fence = 0;  // rises with every claim
  std::string last_error, last_error_id;
  Instant created;
  std::optional<Instant> finished;
  // What was asked for while a run was going on: the argument of the run that follows it, and when.
  std::optional<std::string> again;
  std::optional<Instant> again_at;
};

// The argument that asks for what both ask for, `later` having come after `earlier`. For kIssue "fresh-key"
// is stronger than "forced", and that than "". For kRevoke: every version that either names; the reason
// keyCompromise (RFC 5280 section 5.3.1) if one gives it, else the later one's, and so for what is left
// behind. Pure.
std::string merged_argument(JobKind kind, std::string_view earlier, std::string_view later);

// One line of progress for a person.
struct JobProgress {
  std::int64_t number = 0;  // 1, 2, 3, ... within the job
  Instant at;
  std::string text;
};

class Jobs {
 public:
  virtual ~Jobs() = default;
  // Adds `job`, unless an unfinished one of the same kind and set is there: its id is then returned. A queued
  // one takes the earlier `run_at` and the merged_argument() of both. A running one can't be told any more:
  // if `job` has an argument, another run follows with it (`again`); without one it asks for no more than
  // the run at hand does.
  virtual Result<std::string> add_job(const Job& job) = 0;
  // The most overdue queued job, or one whose lease has run out, marked running for `owner` with a new fence.
  // Nothing if none is due at `now`.
  virtual Result<std::optional<Job>> claim_job(std::string_view owner, Instant now, Instant lease_until) = 0;
  // Prolongs the lease. kConflict if the fence is not the current one any more: stop at once.
  virtual Status extend_lease(std::string_view job_id, std::int64_t fence, Instant lease_until) = 0;
  // Ends a run: status queued (with `run_at`), done or failed, and the error. With `again` in the store the
  // job is queued again in any case, due when that was asked for: in place of its end with that argument, a
  // `created` after the end, and no failed attempts; otherwise with the merged one. kConflict if the fence is
  // stale.
  virtual Status finish_run(const Job& job) = 0;
  virtual Status add_progress(std::string_view job_id, Instant at, std::string_view text) = 0;
  virtual Result<std::vector<JobProgress>> progress_after(std::string_view job_id, std::int64_t after) = 0;
  virtual Result<Job> find_job(std::string_view id) = 0;
  virtual Result<std::vector<Job>> list_jobs(std::size_t limit) = 0;  // newest first
  // When the next queued job is due; nothing if there is none.
  virtual Result<std::optional<Instant>> next_due() = 0;
  // Gives every lease of other owners back to the queue: right at the start of the only manager on this
  // store.
  virtual Status release_leases(std::string_view owner) = 0;
  // Forgets at most `limit` jobs that finished before `before`, with their progress. Returns how many went.
  virtual Result<std::size_t> prune_jobs(Instant before, std::size_t limit) = 0;
};

}  // namespace certstead

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
  std::string argument;  // for the kind: "forced", a revocation reason, ...
  JobStatus status = JobStatus::kQueued;
  Instant run_at;     // not before
  int attempts = 0;   // runs that failed; counted by whoever ends a run
  std::string owner;  // process that holds the lease
  std::optional<Instant> lease_until;
  std::int64_t fence = 0;  // rises with every claim
  std::string last_error, last_error_id;
  Instant created;
  std::optional<Instant> finished;
};

// One line of progress for a person.
struct JobProgress {
  std::int64_t number = 0;  // 1, 2, 3, ... within the job
  Instant at;
  std::string text;
};

class Jobs {
 public:
  virtual ~Jobs() = default;
  // Adds `job`, unless an unfinished one of the same kind and set is there: then that one's `run_at` becomes
  // the earlier of both and its id is returned.
  virtual Result<std::string> add_job(const Job& job) = 0;
  // The most overdue queued job, or one whose lease has run out, marked running for `owner` with a new fence.
  // Nothing if none is due at `now`.
  virtual Result<std::optional<Job>> claim_job(std::string_view owner, Instant now, Instant lease_until) = 0;
  // Prolongs the lease. kConflict if the fence is not the current one any more: stop at once.
  virtual Status extend_lease(std::string_view job_id, std::int64_t fence, Instant lease_until) = 0;
  // Ends a run: status queued (with `run_at`), done or failed, and the error. kConflict if the fence is
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
};

}  // namespace certstead

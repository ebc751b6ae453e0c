#include <algorithm>

#include "store/sqlite/faces.h"
#include "store/sqlite/progress.h"

namespace certstead::sqlite {
namespace {

// Of queued jobs and run-out leases the one that has waited longest.
constexpr std::string_view kMostOverdue =
    "WHERE id = (SELECT id FROM ("
    "SELECT * FROM (SELECT id, run_at FROM jobs WHERE status = 'queued' AND run_at <= ?1"
    " ORDER BY run_at LIMIT 1)"
    " UNION ALL "
    "SELECT * FROM (SELECT id, run_at FROM jobs WHERE status = 'running' AND lease_until <= ?1"
    " ORDER BY run_at LIMIT 1)"
    ") ORDER BY run_at LIMIT 1)";

Status stale_unless(const Result<std::int64_t>& changed, std::string_view job_id, std::int64_t fence,
                    Database& db) {
  if (!changed) return changed.error();
  if (*changed > 0) return Done{};
  CHECK_OK(check_fence(db, job_id, fence));
  return internal("a job of the store could not be changed");
}

// What `job` asks for beside the unfinished `same`.
Status join(Database& db, Job same, const Job& job) {
  if (same.status == JobStatus::kQueued) {
    same.run_at = std::min(same.run_at, job.run_at);
    same.argument = merged_argument(same.kind, same.argument, job.argument);
  } else if (!job.argument.empty()) {
    same.again = merged_argument(same.kind, same.again.value_or(""), job.argument);
    same.again_at = std::min(same.again_at.value_or(job.run_at), job.run_at);
  }
  CHECK_OK(update(db, same));
  return Done{};
}

// Makes a job that has ended a run do what was asked for meanwhile.
void go_again(Job& job, Instant now) {
  if (job.status != JobStatus::kQueued) {
    job.status = JobStatus::kQueued;
    job.argument = *job.again;
    job.attempts = 0;
    job.created = now + Duration{1};  // so that nothing this run brought counts as what the next one is for
    job.run_at = *job.again_at;
  } else {
    job.argument = merged_argument(job.kind, job.argument, *job.again);
    job.run_at = std::min(job.run_at, *job.again_at);
  }
  job.again.reset();
  job.again_at.reset();
}

class SqliteJobs final : public Jobs {
 public:
  explicit SqliteJobs(const Core& core) : core_(core) {}

  Result<std::string> add_job(const Job& job) override {
    std::string id = job.id;
    const Status written = core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(const auto same,
          select_one<Job>(transaction.db, "WHERE kind = ? AND set_id = ? AND status IN ('queued', 'running')",
                          job_kind_name(job.kind), job.set_id));
      if (!same) {
        return explain_taken(insert(transaction.db, job), "the job " + job.id + " exists already");
      }
      id = same->id;
      return join(transaction.db, *same, job);
    });
    CHECK_OK(written);
    return id;
  }

  Result<std::optional<Job>> claim_job(std::string_view owner, Instant now, Instant lease_until) override {
    std::optional<Job> claimed;
    const Status written = core_.writer.apply([&](Transaction& transaction) -> Status {
      TRY(claimed, select_one<Job>(transaction.db, kMostOverdue, now));
      if (!claimed) return Done{};
      if (claimed->again) {  // the run during which it was asked for never ended
        claimed->status = JobStatus::kQueued;
        go_again(*claimed, now);
      }
      claimed->status = JobStatus::kRunning;
      claimed->owner = owner;
      claimed->lease_until = lease_until;
      ++claimed->fence;
      CHECK_OK(update(transaction.db, *claimed));
      return Done{};
    });
    CHECK_OK(written);
    return claimed;
  }

  Status extend_lease(std::string_view job_id, std::int64_t fence, Instant lease_until) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      Database& db = transaction.db;
      return stale_unless(
          db.run("UPDATE jobs SET lease_until = ? WHERE id = ? AND fence = ? AND status = 'running'",
                 lease_until, job_id, fence),
          job_id, fence, db);
    });
  }

  Status finish_run(const Job& job) override {
    if (job.status == JobStatus::kRunning) {
      return invalid("a run ends as queued, done or failed, not as running", "job-status");
    }
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      Database& db = transaction.db;
      TRY(auto stored,
          select_one<Job>(db, "WHERE id = ? AND fence = ? AND status = 'running'", job.id, job.fence));
      if (!stored) return stale_unless(std::int64_t{0}, job.id, job.fence, db);
      stored->owner.clear();
      stored->lease_until.reset();
      stored->status = job.status;
      stored->run_at = job.run_at;
      stored->attempts = job.attempts;
      stored->last_error = job.last_error;
      stored->last_error_id = job.last_error_id;
      if (stored->again) go_again(*stored, transaction.now);
      stored->finished.reset();
      if (stored->status != JobStatus::kQueued) stored->finished = job.finished.value_or(transaction.now);
      CHECK_OK(update(db, *stored));
      return Done{};
    });
  }

  Status add_progress(std::string_view job_id, Instant at, std::string_view text) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      return add_progress_row(transaction.db, job_id, at, text);
    });
  }

  Result<std::vector<JobProgress>> progress_after(std::string_view job_id, std::int64_t after) override {
    return core_.readers.read([&](Database& db) {
      return select<JobProgress>(db, "WHERE job_id = ? AND number > ? ORDER BY number", job_id, after);
    });
  }

  Result<Job> find_job(std::string_view id) override {
    return core_.readers.read(
        [&](Database& db) { return expect_found(select_one<Job>(db, "WHERE id = ?", id), "job", id); });
  }

  Result<std::vector<Job>> list_jobs(std::size_t limit) override {
    return core_.readers.read([&](Database& db) {
      return select<Job>(db, "ORDER BY created DESC, rowid DESC LIMIT ?", row_limit(limit));
    });
  }

  Result<std::optional<Instant>> next_due() override {
    return core_.readers.read([&](Database& db) -> Result<std::optional<Instant>> {
      TRY(const auto at, db.number("SELECT min(run_at) FROM jobs WHERE status = 'queued'"));
      if (!at) return std::optional<Instant>();
      return std::optional(from_unix_ms(*at));
    });
  }

  Status release_leases(std::string_view owner) override {
    return core_.writer.apply([&](Transaction& transaction) -> Status {
      CHECK_OK(
          transaction.db.run("UPDATE jobs SET status = 'queued', owner = '', lease_until = NULL"
                             " WHERE status = 'running' AND owner <> ?",
                             owner));
      return Done{};
    });
  }

  Result<std::size_t> prune_jobs(Instant before, std::size_t limit) override {
    std::int64_t gone = 0;
    const Status written = core_.writer.apply([&](Transaction& transaction) -> Status {
      constexpr std::string_view kOld =
          "IN (SELECT id FROM jobs WHERE finished < ? ORDER BY finished, id LIMIT ?)";
      Database& db = transaction.db;
      CHECK_OK(
          db.run("DELETE FROM job_progress WHERE job_id " + std::string(kOld), before, row_limit(limit)));
      TRY(gone, db.run("DELETE FROM jobs WHERE id " + std::string(kOld), before, row_limit(limit)));
      return Done{};
    });
    CHECK_OK(written);
    return static_cast<std::size_t>(gone);
  }

 private:
  const Core& core_;
};

}  // namespace

Status add_progress_row(Database& db, std::string_view job_id, Instant at, std::string_view text) {
  CHECK_OK(
      db.run("INSERT INTO job_progress (job_id, number, at, line) VALUES"
             " (?1, (SELECT coalesce(max(number), 0) + 1 FROM job_progress WHERE job_id = ?1), ?2, ?3)",
             job_id, at, text));
  return Done{};
}

std::unique_ptr<Jobs> make_jobs(const Core& core) { return std::make_unique<SqliteJobs>(core); }

}  // namespace certstead::sqlite

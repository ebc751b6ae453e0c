#include "api/render.h"
#include "api/routes.h"

namespace certstead {
namespace {

struct JobNews {
  Job job;
  std::vector<JobProgress> progress;
};

bool is_over(const Job& job) { return job.status == JobStatus::kDone || job.status == JobStatus::kFailed; }

// The job first: lines that are added between the two reads are then seen, not lost behind a final status.
Result<JobNews> read_news(const Call& call, std::int64_t after) {
  TRY(Job job, call.manager.jobs.find_job(call.params[0]));
  TRY(std::vector<JobProgress> progress, call.manager.jobs.progress_after(job.id, after));
  return JobNews{std::move(job), std::move(progress)};
}

bool has_news(const JobNews& now, const Job& before) {
  return !now.progress.empty() || is_over(now.job) || now.job.status != before.status ||
         now.job.run_at != before.run_at || now.job.attempts != before.attempts;
}

// Looks again and again until something is new, `wait` is over or no place for waiting is left.
Result<JobNews> wait_for_news(const Call& call, std::int64_t after, Duration wait) {
  TRY(JobNews news, read_news(call, after));
  const Job before = news.job;
  const Deadline deadline = Deadline::after(std::min(wait, call.options.longest_wait));
  if (has_news(news, before) || deadline.passed() || !call.polls.enter()) return news;
  Result<JobNews> latest = std::move(news);
  while (latest && !has_news(*latest, before) && !deadline.passed() && call.polls.pause()) {
    latest = read_news(call, after);
  }
  call.polls.leave();
  return latest;
}

}  // namespace

Result<HttpReply> list_jobs(const Call& call) {
  TRY(const std::int64_t limit, call.query.number("limit", 50, 1, 500));
  TRY(const std::vector<Job> jobs, call.manager.jobs.list_jobs(static_cast<std::size_t>(limit)));
  return json_reply(200, boost::json::object{{"jobs", render_all(jobs)}});
}

Result<HttpReply> show_job(const Call& call) {
  TRY(const std::int64_t after, call.query.number("after", 0, 0, std::numeric_limits<std::int64_t>::max()));
  TRY(const std::int64_t wait, call.query.number("wait", 0, 0, 3600));
  TRY(const JobNews news, wait_for_news(call, after, std::chrono::seconds(wait)));
  boost::json::object out = render(news.job);
  out["progress"] = render_all(news.progress);
  return json_reply(200, out);
}

}  // namespace certstead

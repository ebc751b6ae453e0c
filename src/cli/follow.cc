#include "cli/follow.h"

#include <algorithm>

#include "cli/show.h"

namespace certstead {
namespace {

constexpr int kWaitSeconds = 25;
constexpr Duration kPatience{(kWaitSeconds + 30) * 1000};
constexpr Duration kPause{250};
constexpr int kReconnects = 40;
constexpr Duration kSoon{30'000};

bool is_over(const boost::json::value& job) {
  const std::string status = json_text(job, "status");
  return status == "done" || status == "failed";
}

// Back in the queue after a failure, for later.
bool is_postponed(const boost::json::value& job, Instant now) {
  const std::optional<Instant> run_at = json_instant(job, "run_at");
  return json_text(job, "status") == "queued" && !json_text(job, "last_error").empty() && run_at &&
         *run_at > now + kSoon;
}

// Says the lines and returns the number of the last one.
std::int64_t say_progress(Session& session, const boost::json::value& job, std::int64_t after) {
  for (const boost::json::value& line : json_elements(job, "progress")) {
    const std::string time = show_time_of_day(json_instant(line, "at").value_or(Instant{}));
    session.say(time + "  " + json_text(line, "text"));
    after = std::max(after, json_number(line, "number"));
  }
  return after;
}

}  // namespace

Result<boost::json::value> follow_job(Session& session, const std::string& id) {
  std::int64_t after = 0;
  int reconnects = 0;
  bool seen = false;
  while (true) {
    const std::string path = "/jobs/" + url_escape(id) + "?after=" + std::to_string(after) +
                             "&wait=" + std::to_string(kWaitSeconds);
    Result<boost::json::value> job = session.api().get(path, kPatience);
    if (!job) {
      const bool gone = job.error().id == kManagerUnreachable;
      if (!gone || !seen || ++reconnects > kReconnects) return job.error();
      session.world().pause(kPause);
      continue;
    }
    seen = true;
    reconnects = 0;
    const std::int64_t before = std::exchange(after, say_progress(session, *job, after));
    if (is_over(*job) || is_postponed(*job, session.world().clock.now())) return job;
    // Without news the manager had no place left to let us wait in.
    if (after == before) session.world().pause(kPause);
  }
}

Status outcome_of_job(const boost::json::value& job, Instant now) {
  if (json_text(job, "status") == "done") return Done{};
  std::string detail = json_text(job, "last_error");
  if (detail.empty()) detail = "the job has failed";
  const std::string id = json_text(job, "last_error_id");
  if (!id.empty()) detail += " [" + id + "]";
  const std::optional<Instant> next = json_instant(job, "run_at");
  if (json_text(job, "status") == "queued" && next) {
    detail += "; the manager tries again at " + show_moment_and_span(next, now);
  }
  return unavailable(detail, id);
}

}  // namespace certstead

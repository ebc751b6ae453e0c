#include "api/metrics.h"

#include <algorithm>
#include <array>
#include <map>

namespace certstead {
namespace {

constexpr std::size_t kPage = 500;
constexpr std::size_t kJobs = 1000;

// One family: its lines stay together, as the format demands.
class Family {
 public:
  Family(std::string_view name, std::string_view help)
      : name_(name), text_("# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ + " gauge\n") {}
  void add(const std::string& labels, std::int64_t value) {
    text_ += name_ + (labels.empty() ? "" : "{" + labels + "}") + " " + std::to_string(value) + "\n";
  }
  const std::string& text() const { return text_; }

 private:
  std::string name_;
  std::string text_;
};

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + metric_label(value) + "\"";
}

std::int64_t unix_seconds(Instant at) { return to_unix_ms(at) / 1000; }

class SetFamilies {
 public:
  void add(const SetView& view) {
    const std::string set = label("set", view.set.name);
    for (const CredentialVersion& version : view.versions) {
      if (version.state != VersionState::kActive) continue;
      not_after_.add(set + "," + label("key_type", key_type_name(version.key_type)),
                     unix_seconds(version.facts.not_after));
    }
    if (view.set.renew_at) renewal_.add(set, unix_seconds(*view.set.renew_at));
    health_.add(set + ",part=\"certificate\"", static_cast<int>(view.health.certificate));
    health_.add(set + ",part=\"operation\"", static_cast<int>(view.health.operation));
    failures_.add(set, view.set.operation.failures);
    for (const ViewHolding& one : view.views) refused_[one.view] += one.refused.empty() ? 0 : 1;
    ++sets_;
    ++by_health_.at(static_cast<std::size_t>(view.health.overall()));
  }
  std::string text() const {
    Family count("certstead_sets", "Credential sets in the store");
    count.add("", sets_);
    for (const Health health : {Health::kGreen, Health::kYellow, Health::kRed}) {
      count.add(label("health", health_name(health)), by_health_.at(static_cast<std::size_t>(health)));
    }
    Family refused("certstead_view_refused_sets", "Sets that a view did not take as the feed told them");
    for (const auto& [view, sets] : refused_) refused.add(label("view", view), sets);
    return refused.text() + not_after_.text() + renewal_.text() + health_.text() + failures_.text() +
           count.text();
  }

 private:
  Family not_after_{"certstead_certificate_not_after_seconds",
                    "When the active certificate of a set expires, in unix seconds"};
  Family renewal_{"certstead_renewal_at_seconds", "When the next renewal of a set starts, in unix seconds"};
  Family health_{"certstead_set_health", "Health of a set: 0 green, 1 yellow, 2 red"};
  Family failures_{"certstead_operation_failures", "Failed tries in a row of the operation of a set"};
  std::map<std::string, std::int64_t> refused_;  // by view
  std::int64_t sets_ = 0;
  std::array<std::int64_t, 3> by_health_ = {};
};

Result<std::string> set_metrics(Requests& requests) {
  SetFamilies families;
  std::string after;
  while (true) {
    TRY(const std::vector<SetView> page, requests.list(after, kPage));
    for (const SetView& view : page) families.add(view);
    if (page.size() < kPage) return families.text();
    after = page.back().set.name;
  }
}

Result<std::string> job_metrics(Jobs& port) {
  TRY(const std::vector<Job> jobs, port.list_jobs(kJobs));
  Family family("certstead_jobs", "Jobs among the newest thousand, by status");
  for (const JobStatus status :
       {JobStatus::kQueued, JobStatus::kRunning, JobStatus::kDone, JobStatus::kFailed}) {
    family.add(label("status", job_status_name(status)), std::ranges::count(jobs, status, &Job::status));
  }
  return family.text();
}

}  // namespace

std::string metric_label(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out.push_back('\\');
    if (c == '\n') {
      out += "\\n";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

Result<std::string> metrics_text(Manager& manager, std::string_view version) {
  Family build("certstead_build_info", "The program that answers; always 1");
  build.add(label("version", version), 1);
  Family now("certstead_time_seconds", "The clock of the manager, in unix seconds");
  now.add("", unix_seconds(manager.clock.now()));
  TRY(const std::string sets, set_metrics(manager.requests));
  TRY(const std::string jobs, job_metrics(manager.jobs));
  return build.text() + now.text() + sets + jobs;
}

}  // namespace certstead

#include "deploy/watch.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {

bool DeployWatch::is_retry_due(const std::string& name) const {
  const auto plan = plans_.find(name);
  return plan != plans_.end() && plan->second.retry_at && *plan->second.retry_at <= clock_.elapsed();
}

// What was never looked at is proved at once.
bool DeployWatch::is_proof_due(const std::string& name) const {
  const auto plan = plans_.find(name);
  return plan == plans_.end() || (!plan->second.retry_at && plan->second.prove_at <= clock_.elapsed());
}

void DeployWatch::forget_removed() {
  const auto files = host_.directory().list();
  if (!files) return;
  std::erase_if(plans_, [&](const auto& plan) {
    return std::none_of(files->begin(), files->end(),
                        [&](const DeployFile& file) { return file.name == plan.first; });
  });
}

void DeployWatch::look() {
  const std::string config = host_.config_position(), view = host_.view_position();
  const bool edited = config != config_, changed = edited || view != view_;
  config_ = config;
  view_ = view;
  const auto any = [&](bool (DeployWatch::*is_due)(const std::string&) const) {
    return std::any_of(plans_.begin(), plans_.end(),
                       [&](const auto& plan) { return (this->*is_due)(plan.first); });
  };
  if (edited) forget_removed();
  if (changed) {
    // What failed a moment ago waits for its turn, however often the view changes; but not when somebody has
    // edited a file.
    run(DeployHost::Mode::kDue, [&](const std::string& name) {
      const auto plan = plans_.find(name);
      return edited || plan == plans_.end() || !plan->second.retry_at;
    });
  }
  if (any(&DeployWatch::is_retry_due)) {
    run(DeployHost::Mode::kRun, [&](const std::string& name) { return is_retry_due(name); });
  }
  if (changed || any(&DeployWatch::is_proof_due)) {
    run(DeployHost::Mode::kProve, [&](const std::string& name) { return is_proof_due(name); });
  }
  send_reports();
}

void DeployWatch::run(DeployHost::Mode mode, const DeployHost::Wanted& wanted) {
  const auto runs = host_.run(mode, wanted);
  if (runs) return take(*runs);
  log_.error("deploy.watch", {{"error", runs.error().detail}});
}

void DeployWatch::take(const std::vector<DeployRun>& runs) {
  const Duration now = clock_.elapsed();
  for (const DeployRun& run : runs) {
    const DeploymentReport& report = run.report;
    Plan& plan = plans_[report.name];
    plan.retry_at.reset();
    if (report.outcome == DeployOutcome::kFailed) {
      Duration pause = options_.first_retry;
      for (int i = 0; i < plan.failures && pause < options_.last_retry; ++i) pause *= 2;
      plan.retry_at = now + std::min(pause, options_.last_retry);
      ++plan.failures;
    } else {
      plan.failures = 0;
    }
    plan.prove_at = now + (report.outcome == DeployOutcome::kDone ? options_.prove : options_.prove_red);
    if (!report.set_name.empty()) unsent_.insert_or_assign(report.name, report);
  }
}

void DeployWatch::send_reports() {
  if (!send_ || unsent_.empty() || clock_.elapsed() < send_at_) return;
  for (auto one = unsent_.begin(); one != unsent_.end();) {
    const Status sent = send_(one->second);
    if (!sent) {
      if (sent.error().detail != why_not_sent_)
        log_.warning("deploy.not-reported", {{"deployment", one->first}, {"error", sent.error().detail}});
      why_not_sent_ = sent.error().detail;
      send_at_ = clock_.elapsed() + options_.report_retry;
      return;
    }
    why_not_sent_.clear();
    const Status marked = host_.mark_told(one->second);
    if (!marked)
      log_.warning("deploy.not-marked", {{"deployment", one->first}, {"error", marked.error().detail}});
    one = unsent_.erase(one);
  }
}

}  // namespace certstead

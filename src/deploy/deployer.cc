#include "deploy/deployer.h"

#include "base/text.h"
#include "deploy/attempt.h"
#include "deploy/proof.h"

namespace certstead {
namespace {

void set_failure(DeploymentReport& report, const Error& error) {
  report.outcome = DeployOutcome::kFailed;
  report.error = error.detail;
  report.error_id = error.id;
}

void remember(DeployState& state, const DeploymentReport& report) {
  state.report = report;
  state.told = false;
}

void judge_proof(DeploymentReport& report) {
  if (report.outcome == DeployOutcome::kFailed || all_served(report.served)) return;
  report.outcome = DeployOutcome::kNotServed;
  report.error = "not served: " + what_is_not_served(report.served);
  report.error_id = "not-served";
}

}  // namespace

DeploymentReport Deployer::blank_report(const Deployment& deployment) const {
  DeploymentReport report;
  report.name = deployment.name;
  report.host = options_.host;
  report.set_name = deployment.set;
  report.layout = layout_name(deployment.layout);
  report.reported = clock_.now();
  return report;
}

DeployRun Deployer::failed(const Deployment& deployment, const Error& error) const {
  DeployRun run;
  run.report = blank_report(deployment);
  set_failure(run.report, error);
  const auto state = read_state(options_.state, deployment.name);
  if (state && state->report) {
    run.report.deployed = state->report->deployed;
    run.report.served = state->report->served;
    run.report.deployed_at = state->report->deployed_at;
    run.report.proved_at = state->report->proved_at;
  }
  if (state) {
    DeployState kept = *state;
    remember(kept, run.report);
    // The failure that is reported matters more than one to remember it.
    static_cast<void>(write_state(options_.state, deployment.name, kept));
  }
  log_.error("deploy.failed", {{"deployment", deployment.name}, {"error", error.detail}});
  return run;
}

DeployRun Deployer::run(const Deployment& deployment, const std::vector<DeployCredential>& credentials,
                        bool force) const {
  DeployAttempt attempt(deployment, clock_, log_);
  const Status prepared = attempt.prepare(credentials, options_.state);
  if (!prepared) return failed(deployment, prepared.error());
  DeployRun run;
  run.report = blank_report(deployment);
  const Status performed = attempt.perform(force);
  if (!performed) set_failure(run.report, performed.error());
  // Of a deployment that failed the ports are asked as well, but nobody waits for them to change.
  attempt.observe(run.report, performed ? Duration{deployment.proof_within} : Duration{0});
  judge_proof(run.report);
  run.report.reported = clock_.now();
  run.changed = attempt.changed();
  run.lines = std::move(attempt.lines());
  remember(attempt.state(), run.report);
  const Status kept = write_state(options_.state, deployment.name, attempt.state());
  if (!kept) {
    set_failure(run.report, kept.error().within("what was done can't be remembered"));
  }
  const bool fine = run.report.outcome == DeployOutcome::kDone;
  log_.event(fine ? Level::kInfo : Level::kError, fine ? "deploy.done" : "deploy.failed",
             {{"deployment", deployment.name},
              {"changed", run.changed ? "yes" : "no"},
              {"error", run.report.error}});
  return run;
}

DeployRun Deployer::prove_again(const Deployment& deployment,
                                const std::vector<DeployCredential>& credentials) const {
  DeployAttempt attempt(deployment, clock_, log_);
  const Status prepared = attempt.prepare(credentials, options_.state);
  if (!prepared) return failed(deployment, prepared.error());
  DeployRun run;
  run.report = blank_report(deployment);
  if (attempt.state().report && attempt.state().report->outcome == DeployOutcome::kFailed) {
    run.report.outcome = DeployOutcome::kFailed;
    run.report.error = attempt.state().report->error;
    run.report.error_id = attempt.state().report->error_id;
  }
  attempt.observe(run.report, Duration{0});
  judge_proof(run.report);
  remember(attempt.state(), run.report);
  const Status kept = write_state(options_.state, deployment.name, attempt.state());
  if (!kept) set_failure(run.report, kept.error());
  if (run.report.outcome == DeployOutcome::kNotServed) {
    log_.error("deploy.not-served", {{"deployment", deployment.name}, {"error", run.report.error}});
  }
  return run;
}

Result<bool> Deployer::is_due(const Deployment& deployment,
                              const std::vector<DeployCredential>& credentials) const {
  DeployAttempt attempt(deployment, clock_, log_);
  CHECK_OK(attempt.prepare(credentials, options_.state));
  return attempt.is_due();
}

Result<std::vector<std::string>> Deployer::describe(const Deployment& deployment,
                                                    const std::vector<DeployCredential>& credentials) const {
  DeployAttempt attempt(deployment, clock_, log_);
  CHECK_OK(attempt.prepare(credentials, options_.state));
  std::vector<std::string> out = attempt.description();
  return out;
}

}  // namespace certstead

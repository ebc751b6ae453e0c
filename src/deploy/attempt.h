// One run of one deployment. Internal.
#pragma once

#include "base/program.h"
#include "deploy/deployer.h"
#include "deploy/file_set.h"

namespace certstead {

class DeployAttempt {
 public:
  DeployAttempt(const Deployment& deployment, const Clock& clock, LogSink& log)
      : deployment_(deployment), clock_(clock), log_(log) {}

  // Chooses credentials, reads the state, plans. Nothing is changed.
  Status prepare(const std::vector<DeployCredential>& all, const std::filesystem::path& state_directory);
  // Files and hooks are to be touched.
  Result<bool> is_due() const;
  // Everything up to post. `force`: also if it is not due.
  Status perform(bool force);
  // Fills in what the files and the ports show.
  void observe(DeploymentReport& report, Duration patience);
  std::vector<std::string> description() const;

  DeployState& state() { return state_; }
  bool changed() const { return changed_; }
  std::vector<std::string>& lines() { return lines_; }
  const DeployPlan& plan() const { return plan_; }

 private:
  Status put_files(FileSet& files);
  Status serve();  // check, HAProxy, reload
  Status run_hook(std::string_view name, const std::vector<std::string>& command, const Variables& variables);
  Status run_hook_for_lineages(std::string_view name, const std::vector<std::string>& command);
  Status tell_haproxy(bool old);
  void take_back(FileSet& files);
  void remember_written();
  std::string wanted_state() const;

  const Deployment& deployment_;
  const Clock& clock_;
  LogSink& log_;
  Owner owner_;
  std::vector<const DeployCredential*> credentials_;
  DeployState state_;
  DeployPlan plan_;
  Variables variables_;                       // of hooks that run once
  std::vector<Variables> lineage_variables_;  // of those that run once for each lineage
  std::vector<std::pair<std::filesystem::path, SecretBytes>> old_bundles_;  // what HAProxy had
  std::vector<std::size_t> told_;                                           // placements that HAProxy has now
  bool changed_ = false;
  std::vector<std::string> lines_;
};

}  // namespace certstead

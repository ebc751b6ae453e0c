// One deployment from its plan to its proof.
#pragma once

#include "base/log_sink.h"
#include "deploy/credential.h"
#include "deploy/state.h"

namespace certstead {

struct DeployerOptions {
  std::filesystem::path state =
      "/var/lib/certstead-deploy";  // of runs before; only this user may write there
  std::string host;                 // what this host calls itself, for reports
};

struct DeployRun {
  DeploymentReport report;
  bool changed = false;            // files were written or hooks were run
  std::vector<std::string> lines;  // what was done, for a person
};

class Deployer {
 public:
  Deployer(DeployerOptions options, const Clock& clock, LogSink& log)
      : options_(std::move(options)), clock_(clock), log_(log) {}

  // Puts `credentials` (all of the set) where `deployment` wants them, unless they stand there already and
  // the run that put them there came to its end:
  //   pre → files, verified → check → HAProxy's runtime interface → reload → post → proof.
  // A failure up to and including reload takes the files (and HAProxy) back; a failing post or proof does
  // not, as the service has the new ones by then. `force` runs the hooks although nothing has changed. What
  // happened stands in the report, never in an error. Blocks for hooks and proofs. One run per host at a time
  // (the caller holds a lock).
  DeployRun run(const Deployment& deployment, const std::vector<DeployCredential>& credentials,
                bool force) const;
  // Asks the ports again, once, and reads the files again; changes nothing but what is remembered.
  DeployRun prove_again(const Deployment& deployment, const std::vector<DeployCredential>& credentials) const;
  // True if run() would do something. kInvalid, kDenied, ... as run() would report.
  Result<bool> is_due(const Deployment& deployment, const std::vector<DeployCredential>& credentials) const;
  // What run() would write, run and prove, line by line. Errors as run() would report.
  Result<std::vector<std::string>> describe(const Deployment& deployment,
                                            const std::vector<DeployCredential>& credentials) const;
  // A report of a deployment that can't be run at all (no view, no such set).
  DeployRun failed(const Deployment& deployment, const Error& error) const;

 private:
  friend class DeployAttempt;
  DeploymentReport blank_report(const Deployment& deployment) const;
  DeployerOptions options_;
  const Clock& clock_;
  LogSink& log_;
};

}  // namespace certstead

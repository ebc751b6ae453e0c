// All deployments of this host: reads deploy.d and the view, runs what has to be run.
#pragma once

#include <functional>

#include "deploy/config_dir.h"
#include "deploy/deployer.h"
#include "deploy/view_source.h"

namespace certstead {

struct DeployPlaces {
  std::string directory = kDefaultDeployDir;
  std::string view = "/var/lib/certstead-views/deploy";
  std::string state = "/var/lib/certstead-deploy";
};

class DeployHost {
 public:
  DeployHost(DeployPlaces places, const Clock& clock, LogSink& log);

  enum class Mode {
    kRun,    // deploy what has to be deployed, prove everything
    kForce,  // the same, and run the hooks of all
    kDue,    // deploy what has to be deployed, leave the rest alone
    kProve,  // only read the files and ask the ports
  };
  using Wanted = std::function<bool(const std::string& name)>;

  // One run for each deployment that is `wanted` (and, with kDue, due), by name. Files that can't be read as
  // a deployment are reported as failed under the set that they had before, if any. Waits for another process
  // that is deploying, at most a minute: then kConflict. Errors otherwise only if deploy.d or the state can't
  // be trusted. Blocks.
  Result<std::vector<DeployRun>> run(Mode mode, const Wanted& wanted) const;
  // What run() would do, line by line, by deployment. Changes nothing.
  Result<std::vector<std::pair<std::string, Result<std::vector<std::string>>>>> describe(
      const Wanted& wanted) const;
  // The same for a deployment that is not in deploy.d (yet).
  Result<std::vector<std::string>> describe(const Deployment& deployment) const;
  // The last reports of which the manager does not know, by name.
  Result<std::vector<DeploymentReport>> untold() const;
  // The manager has this report; a newer one remains to be told. Waits as run().
  Status mark_told(const DeploymentReport& report) const;
  // Change whenever the view, or a file of deploy.d, may have changed.
  std::string view_position() const;
  std::string config_position() const;

  const DeployDirectory& directory() const { return directory_; }
  const DeployPlaces& places() const { return places_; }

 private:
  Result<std::vector<DeployCredential>> credentials_of(const std::string& set) const;
  DeployRun run_file(const DeployFile& file, Mode mode) const;
  bool is_due(const DeployFile& file) const;
  DeployPlaces places_;
  const Clock& clock_;
  LogSink& log_;
  DeployDirectory directory_;
  Deployer deployer_;
};

}  // namespace certstead

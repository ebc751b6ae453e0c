// What this host's deployments report: which certificates stand in the files, and which are really served.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/key_type.h"
#include "model/audit.h"

namespace certstead {

// How the last run ended.
enum class DeployOutcome {
  kDone,       // the files stand, the hooks succeeded, every proof (if any) shows them
  kFailed,     // something went wrong; if it was before the service took them, the old files stand again
  kNotServed,  // the files stand, but a port shows something else
};
std::string_view deploy_outcome_name(DeployOutcome outcome);  // "done", "failed", "not-served"
Result<DeployOutcome> parse_deploy_outcome(std::string_view text);

// The certificate in the deployed files, read back from them.
struct DeployedCertificate {
  std::string path;
  KeyType key_type = KeyType::kP256;
  std::string serial, fingerprint;
  Instant not_after{};
};

// One handshake with one port for one kind of key.
struct ServedCertificate {
  std::string target;    // "https://www.example.test"
  std::string kind;      // "ecdsa", "rsa"
  std::string serial;    // "" if there was none
  std::string expected;  // the serial that ought to be served
  std::string problem;   // one sentence; "" if it is the one that ought to be there
};

// What the manager itself proves of a view has this layout, no files, and the name "VIEW:SET", which no
// deployment of a host can have.
inline constexpr std::string_view kViewLayout = "view";

struct DeploymentReport {
  std::string name;  // of the deployment; unique
  std::string host;
  std::string set_name;
  std::string layout;
  DeployOutcome outcome = DeployOutcome::kDone;
  std::string error, error_id;                // of a failure; "" otherwise
  std::vector<DeployedCertificate> deployed;  // what stands in the files now
  std::vector<ServedCertificate> served;      // of the last proof
  std::optional<Instant> deployed_at;         // when the files were last changed
  std::optional<Instant> proved_at;           // when the ports were last asked
  Instant reported{};
};

class Deployments {
 public:
  virtual ~Deployments() = default;
  // Stores the report in the place of the one with this name. The note goes into the audit log unless the
  // report says what the stored one says, times aside.
  virtual Status put_deployment(const DeploymentReport& report, const AuditNote& note) = 0;
  virtual Result<DeploymentReport> find_deployment(std::string_view name) = 0;
  // All, by name.
  virtual Result<std::vector<DeploymentReport>> list_deployments() = 0;
  // Those of one set, by name.
  virtual Result<std::vector<DeploymentReport>> deployments_of(std::string_view set_name) = 0;
  virtual Status delete_deployment(std::string_view name, const AuditNote& note) = 0;
};

// True if both say the same but for the times.
bool same_state(const DeploymentReport& a, const DeploymentReport& b);

}  // namespace certstead

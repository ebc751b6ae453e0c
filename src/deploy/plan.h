// What a deployment comes to on this host: which files, with which content, in which steps.
#pragma once

#include "deploy/credential.h"
#include "deploy/state.h"
#include "deploy/switch.h"

namespace certstead {

// A file under a name that was free so far (certbot's numbered ones); nobody reads it before a switch points
// to it.
struct Addition {
  std::filesystem::path directory;
  std::string name;
  SecretBytes content;
  mode_t mode = 0600;
};

// A path that shall be a symbolic link to a file in a directory that is switched as a whole.
struct RoleLink {
  std::filesystem::path path, target;
};

// Where programs find what belongs to one key.
struct DeployedPaths {
  KeyKind kind = KeyKind::kEcdsa;
  std::filesystem::path key, leaf;                // files in which the key and (first) the leaf stand
  std::filesystem::path chain, combined, pkcs12;  // "" if the layout has none
  std::filesystem::path lineage;                  // certbot: live/NAME
};

struct DeployPlan {
  std::vector<Addition> additions;
  std::vector<Placement> placements;
  std::vector<RoleLink> links;
  std::vector<DeployedPaths> paths;  // one for each credential
  std::vector<std::string> warnings;
};

// The credentials that `deployment` takes of its set. kInvalid ("deploy-keys") if it asks for a kind that the
// set does not have, kNotFound ("deploy-set") if there are none.
Result<std::vector<const DeployCredential*>> choose(const Deployment& deployment,
                                                    const std::vector<DeployCredential>& all);
// Reads what is there (certbot's numbers, a PKCS#12 file that is still the one written last) and changes
// nothing. kInvalid
// ("deploy-keys") if two kinds of key would get the same path; kDenied as SafeDirectory::open.
Result<DeployPlan> make_plan(const Deployment& deployment,
                             const std::vector<const DeployCredential*>& credentials, const Owner& owner,
                             const DeployState& state);

}  // namespace certstead

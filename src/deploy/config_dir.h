// The directory deploy.d of this host.
#pragma once

#include "deploy/config.h"

namespace certstead {

inline constexpr const char* kDefaultDeployDir = "/etc/certstead/deploy.d";

// A file that could be read as a deployment, or why not.
struct DeployFile {
  std::string name;  // without ".toml"
  Result<Deployment> deployment;
};

// Only root or the user who deploys may be able to write these files: they name commands that he runs. All
// operations refuse a directory or a file for which that does not hold (kDenied, "deploy-config-owner").
class DeployDirectory {
 public:
  explicit DeployDirectory(std::filesystem::path path) : path_(std::move(path)) {}

  // Every NAME.toml, by name. An absent directory has none.
  Result<std::vector<DeployFile>> list() const;
  // kNotFound if there is none.
  Result<Deployment> find(const std::string& name) const;
  // Writes NAME.toml (0644), atomic and durable. kConflict if there is one.
  Status add(const Deployment& deployment) const;
  // kNotFound if there is none.
  Status remove(const std::string& name) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace certstead

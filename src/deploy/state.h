// What a deployment remembers on its host between runs: a file NAME.json in a directory that only its user
// may write.
#pragma once

#include <filesystem>
#include <map>

#include "model/deployment.h"

namespace certstead {

struct WrittenFile {
  std::string leaf;     // fingerprint of the certificate in it
  std::string content;  // SHA-256, hex
};

struct DeployState {
  // Config and credentials of the last run that went to its end, hooks included; "" if there was none. While
  // it differs from what is wanted, the hooks have to run, whether or not the files stand already.
  std::string complete;
  std::string digest_of_config;
  std::map<std::string, WrittenFile> written;  // by path; PKCS#12 files alone
  std::optional<DeploymentReport> report;      // the last one
  bool told = false;                           // the manager has that one
};

// No state if the file is absent. kInvalid if it can't be read as one. Blocks.
Result<DeployState> read_state(const std::filesystem::path& directory, const std::string& name);
// Atomic and durable; the directory is made (0700) if it is absent. kDenied if somebody else could write
// there.
Status write_state(const std::filesystem::path& directory, const std::string& name, const DeployState& state);
Status remove_state(const std::filesystem::path& directory, const std::string& name);

}  // namespace certstead

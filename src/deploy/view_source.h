// The credentials of this host's view, for the deployments.
#pragma once

#include <map>
#include <set>

#include "deploy/credential.h"
#include "replica/view.h"

namespace certstead {

class ViewSource {
 public:
  // kNotFound if there is no view yet; else as ViewReader and ViewKey.
  static Result<ViewSource> open(const std::filesystem::path& directory);

  // Rises with every change of the view.
  Result<std::uint64_t> position() const;
  // The credentials of these sets, by the set's name; a set that the view does not have is left out. Reads
  // the whole list of the view once. kInvalid ("key-mismatch") if a key is not that of its certificate.
  Result<std::map<std::string, std::vector<DeployCredential>>> credentials_of(
      const std::set<std::string>& sets) const;

 private:
  ViewSource(std::unique_ptr<ViewReader> reader, ViewKey key)
      : reader_(std::move(reader)), key_(std::move(key)) {}
  Result<DeployCredential> open_record(const CredentialRecord& record) const;
  std::unique_ptr<ViewReader> reader_;
  ViewKey key_;
};

}  // namespace certstead

// All files of a plan as one thing that is put in place, taken back or kept.
#pragma once

#include "deploy/plan.h"

namespace certstead {

class FileSet {
 public:
  // Opens every directory that is concerned, so that a hostile one is refused before anything is written.
  // `plan` outlives the set. Errors as Switch::open.
  static Result<FileSet> open(const DeployPlan& plan, const Owner& owner);

  // Everything stands as planned.
  Result<bool> satisfied() const;
  // Writes all new content first, then switches one placement after another. After an error nothing has
  // changed.
  Status put();
  // The old stands again. What can't be taken back is named by the error; the rest is.
  Status take_back();
  // Forgets the old.
  Status finish();

 private:
  FileSet(const DeployPlan& plan, Owner owner) : plan_(&plan), owner_(owner) {}
  Status put_all();
  Status add_files();
  // Files that stood where links are wanted become the first content of the directory that the links lead to.
  Status adopt(const Placement& placement);
  Status make_links();
  Status make_link(const RoleLink& link);
  Result<bool> link_stands(const RoleLink& link) const;

  const DeployPlan* plan_;
  Owner owner_;
  std::vector<Switch> switches_;
  std::vector<std::filesystem::path> added_, linked_;
};

}  // namespace certstead

// A file, or a directory with a handful of files, that is put in place in one step and can be taken back in
// one step.
#pragma once

#include "deploy/safe_directory.h"

namespace certstead {

struct PlannedEntry {
  std::string name;  // in its directory; "" where the placement is a file
  SecretBytes content;
  mode_t mode = 0600;
  std::string link_to = {};  // not "": a symbolic link instead of a file
};

struct Placement {
  std::filesystem::path path;
  bool is_directory = false;
  mode_t directory_mode = 0755;
  std::vector<PlannedEntry> entries;  // one, if it is a file
};

// The new content is made under a name beside the target (".NAME.certstead"), then both names change places:
// whoever opens the target sees all of the old or all of the new, also if this process dies at any moment.
// What stood there before keeps lying under the other name until finish(), even over a crash, so that a later
// run can still take it back.
class Switch {
 public:
  // The parent is made (0755) if it is absent. kDenied as SafeDirectory::open; kInvalid ("deploy-target") if
  // something lies there that can't be replaced. `placement` outlives the switch.
  static Result<Switch> open(const Placement& placement, const Owner& owner);

  // Content, modes and owners are as planned.
  Result<bool> satisfied() const;
  // Makes the new content beside the target and syncs it. Nothing can be seen yet.
  Status prepare();
  // The one step, synced.
  Status commit();
  // Afterwards the old stands again, or nothing if there was nothing. Does nothing if there is no way back.
  Status rollback();
  // Forgets the old.
  Status finish();
  const Placement& placement() const { return *placement_; }

 private:
  Switch(const Placement& placement, const Owner& owner, SafeDirectory parent);
  Status recover() const;
  Result<bool> entry_satisfied(const SafeDirectory& where, const std::string& name,
                               const PlannedEntry& entry) const;
  Status write_entry(const SafeDirectory& where, const std::string& name, const PlannedEntry& entry) const;

  const Placement* placement_;
  Owner owner_;
  SafeDirectory parent_;
  std::string name_, other_;
  bool committed_ = false, was_there_ = false;
};

}  // namespace certstead

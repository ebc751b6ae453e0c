#include "deploy/switch.h"

#include <unistd.h>

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

constexpr mode_t kParentMode = 0755;

bool same_bytes(BytesView a, BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

}  // namespace

Switch::Switch(const Placement& placement, const Owner& owner, SafeDirectory parent)
    : placement_(&placement),
      owner_(owner),
      parent_(std::move(parent)),
      name_(placement.path.filename().string()),
      other_("." + name_ + ".certstead") {}

Result<Switch> Switch::open(const Placement& placement, const Owner& owner) {
  TRY(SafeDirectory parent, SafeDirectory::open(placement.path.parent_path(), owner, kParentMode));
  Switch out(placement, owner, std::move(parent));
  CHECK_OK(out.recover());
  TRY(const Entry there, out.parent_.look(out.name_));
  const bool is_directory = there.exists && S_ISDIR(there.info.st_mode);
  const bool replaceable = S_ISREG(there.info.st_mode) || S_ISLNK(there.info.st_mode);
  if (there.exists && (is_directory != placement.is_directory || (!is_directory && !replaceable))) {
    return invalid(printable(placement.path.string()) + " is " +
                       (is_directory ? "a directory" : "no directory") +
                       "; move it away or choose another path",
                   "deploy-target");
  }
  return out;
}

// A crash within an exchange in three steps leaves the old one aside.
Status Switch::recover() const {
  TRY(const Entry aside, parent_.look(other_ + ".aside"));
  if (!aside.exists) return Done{};
  TRY(const Entry there, parent_.look(name_));
  if (!there.exists) return parent_.rename_new(other_ + ".aside", name_);
  return parent_.remove(other_ + ".aside");
}

Result<bool> Switch::entry_satisfied(const SafeDirectory& where, const std::string& name,
                                     const PlannedEntry& entry) const {
  TRY(const Entry there, where.look(name));
  if (!there.exists) return false;
  if (!entry.link_to.empty()) {
    if (!S_ISLNK(there.info.st_mode)) return false;
    TRY(const std::string target, where.link_target(name));
    return target == entry.link_to;
  }
  if (!S_ISREG(there.info.st_mode) || (there.info.st_mode & 07777) != entry.mode) return false;
  if (there.info.st_uid != owner_.user.value_or(there.info.st_uid)) return false;
  if (there.info.st_gid != owner_.group.value_or(there.info.st_gid)) return false;
  auto content = where.read(name);
  return content && same_bytes(content->reveal(), entry.content.reveal());
}

Result<bool> Switch::satisfied() const {
  if (!placement_->is_directory) return entry_satisfied(parent_, name_, placement_->entries.front());
  TRY(const Entry there, parent_.look(name_));
  if (!there.exists) return false;
  TRY(const SafeDirectory inner, parent_.enter(name_));
  for (const PlannedEntry& entry : placement_->entries) {
    TRY(const bool fine, entry_satisfied(inner, entry.name, entry));
    if (!fine) return false;
  }
  return true;
}

Status Switch::write_entry(const SafeDirectory& where, const std::string& name,
                           const PlannedEntry& entry) const {
  if (!entry.link_to.empty()) return where.link_new(name, entry.link_to);
  return where.write_new(name, entry.content.reveal(), owner_, entry.mode);
}

Status Switch::prepare() {
  TRY(const bool fine, satisfied());
  if (fine) {
    // A run before this one came as far as the switch; what lies beside the target is the way back.
    TRY(const Entry old, parent_.look(other_));
    committed_ = was_there_ = old.exists;
    return Done{};
  }
  CHECK_OK(parent_.remove(other_));
  if (!placement_->is_directory) return write_entry(parent_, other_, placement_->entries.front());
  TRY(const SafeDirectory made, parent_.make_new(other_, placement_->directory_mode, {}));
  for (const PlannedEntry& entry : placement_->entries) CHECK_OK(write_entry(made, entry.name, entry));
  return made.sync();
}

Status Switch::commit() {
  TRY(const bool fine, satisfied());
  if (fine) return Done{};
  TRY(const Entry there, parent_.look(name_));
  was_there_ = there.exists;
  CHECK_OK(there.exists ? parent_.exchange(other_, name_) : parent_.rename_new(other_, name_));
  committed_ = true;
  return parent_.sync();
}

Status Switch::rollback() {
  if (!committed_) return parent_.remove(other_);
  if (was_there_) {
    CHECK_OK(parent_.exchange(other_, name_));
    CHECK_OK(parent_.remove(other_));
  } else {
    CHECK_OK(parent_.remove(name_));
  }
  committed_ = false;
  return parent_.sync();
}

Status Switch::finish() {
  committed_ = false;
  CHECK_OK(parent_.remove(other_));
  return parent_.sync();
}

}  // namespace certstead

#include "deploy/file_set.h"

#include "base/text.h"

namespace certstead {
namespace {

constexpr mode_t kOuter = 0700;  // live and archive, as certbot makes them
constexpr mode_t kInner = 0755;

Status remove_path(const std::filesystem::path& path, const Owner& owner) {
  TRY(const SafeDirectory where, SafeDirectory::open(path.parent_path(), owner));
  CHECK_OK(where.remove(path.filename().string()));
  return where.sync();
}

// The role of a link's target: "privkey.pem" in the directory of `placement`; "" if it leads elsewhere.
std::string entry_of(const RoleLink& link, const Placement& placement) {
  const auto target = link.target.is_absolute() ? link.target : link.path.parent_path() / link.target;
  return target.parent_path() == placement.path ? target.filename().string() : "";
}

}  // namespace

Result<FileSet> FileSet::open(const DeployPlan& plan, const Owner& owner) {
  FileSet out(plan, owner);
  for (const Addition& addition : plan.additions) {
    const auto outer = SafeDirectory::open(addition.directory.parent_path(), {}, kOuter);
    if (!outer) return outer.error();
    const auto inner = SafeDirectory::open(addition.directory, owner, kInner);
    if (!inner) return inner.error();
  }
  for (const Placement& placement : plan.placements) {
    // Next to archive certbot's live is as closed.
    if (!plan.additions.empty()) {
      const auto outer = SafeDirectory::open(placement.path.parent_path(), {}, kOuter);
      if (!outer) return outer.error();
    }
    TRY(Switch one, Switch::open(placement, owner));
    out.switches_.push_back(std::move(one));
  }
  for (const RoleLink& link : plan.links) {
    const auto where = SafeDirectory::open(link.path.parent_path(), owner, kInner);
    if (!where) return where.error();
  }
  return out;
}

Result<bool> FileSet::link_stands(const RoleLink& link) const {
  TRY(const SafeDirectory where, SafeDirectory::open(link.path.parent_path(), owner_));
  TRY(const Entry there, where.look(link.path.filename().string()));
  if (!there.exists || !S_ISLNK(there.info.st_mode)) return false;
  TRY(const std::string target, where.link_target(link.path.filename().string()));
  return target == link.target.string();
}

Result<bool> FileSet::satisfied() const {
  if (!plan_->additions.empty()) return false;
  for (const Switch& one : switches_) {
    TRY(const bool fine, one.satisfied());
    if (!fine) return false;
  }
  for (const RoleLink& link : plan_->links) {
    TRY(const bool fine, link_stands(link));
    if (!fine) return false;
  }
  return true;
}

Status FileSet::add_files() {
  for (const Addition& addition : plan_->additions) {
    TRY(const SafeDirectory where, SafeDirectory::open(addition.directory, owner_));
    CHECK_OK(where.write_new(addition.name, addition.content.reveal(), owner_, addition.mode));
    added_.push_back(addition.directory / addition.name);
    CHECK_OK(where.sync());
  }
  return Done{};
}

Status FileSet::adopt(const Placement& placement) {
  TRY(const SafeDirectory parent, SafeDirectory::open(placement.path.parent_path(), owner_));
  const std::string name = placement.path.filename().string();
  TRY(const Entry there, parent.look(name));
  if (there.exists) return Done{};
  Placement old;
  old.path = placement.path;
  old.is_directory = true;
  for (const RoleLink& link : plan_->links) {
    const std::string role = entry_of(link, placement);
    if (role.empty()) continue;
    TRY(const SafeDirectory where, SafeDirectory::open(link.path.parent_path(), owner_));
    TRY(const Entry file, where.look(link.path.filename().string()));
    if (!file.exists || !S_ISREG(file.info.st_mode)) continue;
    TRY(SecretBytes content, where.read(link.path.filename().string()));
    old.entries.push_back({role, std::move(content), static_cast<mode_t>(file.info.st_mode & 0777)});
  }
  if (old.entries.empty()) return Done{};
  TRY(Switch first, Switch::open(old, owner_));
  CHECK_OK(first.prepare());
  CHECK_OK(first.commit());
  return make_links();
}

Status FileSet::make_link(const RoleLink& link) {
  TRY(const bool stands, link_stands(link));
  if (stands) return Done{};
  TRY(const SafeDirectory where, SafeDirectory::open(link.path.parent_path(), owner_));
  const std::string name = link.path.filename().string();
  const std::string fresh = "." + name + ".certstead";
  TRY(const Entry there, where.look(name));
  if (there.exists && S_ISDIR(there.info.st_mode)) {
    return invalid(printable(link.path.string()) + " is a directory; move it away or choose another path",
                   "deploy-target");
  }
  CHECK_OK(where.remove(fresh));
  CHECK_OK(where.link_new(fresh, link.target.string()));
  if (there.exists) {
    CHECK_OK(where.exchange(fresh, name));
    CHECK_OK(where.remove(fresh));
  } else {
    CHECK_OK(where.rename_new(fresh, name));
    linked_.push_back(link.path);
  }
  return where.sync();
}

Status FileSet::make_links() {
  for (const RoleLink& link : plan_->links) CHECK_OK(make_link(link));
  return Done{};
}

Status FileSet::put_all() {
  CHECK_OK(add_files());
  if (!plan_->links.empty()) {
    for (const Placement& placement : plan_->placements) CHECK_OK(adopt(placement));
  }
  for (Switch& one : switches_) CHECK_OK(one.prepare());
  for (Switch& one : switches_) CHECK_OK(one.commit());
  return make_links();
}

Status FileSet::put() {
  const Status done = put_all();
  if (done) return done;
  const Status back = take_back();
  if (back) return done;
  return done.error().within("the old files could not be put back (" + back.error().detail + ")");
}

Status FileSet::take_back() {
  Status out = Done{};
  const auto note = [&](const Status& step) {
    if (!step && out) out = step.error();
  };
  for (auto one = switches_.rbegin(); one != switches_.rend(); ++one) note(one->rollback());
  for (const std::filesystem::path& path : linked_) {
    std::error_code ignored;
    // Only a link that leads nowhere now: one that shows adopted files stays.
    if (!std::filesystem::exists(path, ignored)) note(remove_path(path, owner_));
  }
  for (const std::filesystem::path& path : added_) note(remove_path(path, owner_));
  linked_.clear();
  added_.clear();
  return out;
}

Status FileSet::finish() {
  for (Switch& one : switches_) CHECK_OK(one.finish());
  return Done{};
}

}  // namespace certstead

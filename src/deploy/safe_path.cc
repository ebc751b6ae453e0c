// The way to a SafeDirectory.
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <vector>

#include "base/text.h"
#include "deploy/safe_directory.h"

namespace certstead {
namespace {

constexpr int kMostLinks = 20;

Error hostile(const std::filesystem::path& path, std::string_view why) {
  return denied(printable(path.string()) + " " + std::string(why) + "; nothing is written there",
                "deploy-target");
}

bool is_ours(uid_t user) { return user == 0 || user == ::geteuid(); }

Status check_directory(const std::filesystem::path& path, const struct stat& info, const Owner& owner,
                       bool last) {
  if (!is_ours(info.st_uid) && info.st_uid != owner.user) {
    return hostile(
        path, "belongs to user " + std::to_string(info.st_uid) +
                  ", who could exchange what lies in it; give it to root, or name that user as the owner");
  }
  // What lies in a sticky directory can't be moved by others; but anybody may take a name there before us.
  const bool sticky = (info.st_mode & S_ISVTX) != 0 && !last;
  if ((info.st_mode & S_IWOTH) != 0 && !sticky)
    return hostile(path, "may be written by everybody; chmod o-w");
  const bool our_group = info.st_gid == 0 || info.st_gid == ::getegid() || info.st_gid == owner.group;
  if ((info.st_mode & S_IWGRP) != 0 && !our_group && !sticky) {
    return hostile(path, "may be written by the group " + std::to_string(info.st_gid) + "; chmod g-w");
  }
  return Done{};
}

class Walk {
 public:
  Walk(const std::filesystem::path& path, const Owner& owner, std::optional<mode_t> make)
      : owner_(owner), make_(make) {
    queue(path);
  }

  Result<std::pair<Fd, std::filesystem::path>> run() {
    CHECK_OK(restart());
    while (!left_.empty()) CHECK_OK(step());
    Fd last = std::move(stack_.back());
    return std::pair(std::move(last), path());
  }

 private:
  void queue(const std::filesystem::path& path) {
    std::deque<std::string> parts;
    for (const auto& part : path.relative_path()) parts.push_back(part.string());
    left_.insert(left_.begin(), parts.begin(), parts.end());
  }

  std::filesystem::path path() const {
    std::filesystem::path out = "/";
    for (const std::string& name : names_) out /= name;
    return out;
  }

  Status restart() {
    stack_.clear();
    names_.clear();
    stack_.emplace_back(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return stack_.back().valid() ? Status(Done{}) : unavailable("cannot open /", "file-error");
  }

  Error failed(const std::string& name, int number) const {
    const std::string detail =
        "cannot enter " + printable((path() / name).string()) + ": " + std::strerror(number);
    if (number == ENOENT) return not_found(detail + "; make it first", "file-absent");
    if (number == ENOTDIR) return invalid(detail, "deploy-target");
    return denied(detail, "file-denied");
  }

  Status step() {
    const std::string name = std::move(left_.front());
    left_.pop_front();
    if (name.empty() || name == ".") return Done{};
    if (name == "..") {
      if (names_.empty()) return Done{};
      stack_.pop_back();
      names_.pop_back();
      return Done{};
    }
    struct stat info {};
    const int parent = stack_.back().get();
    if (::fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno != ENOENT || !make_) return failed(name, errno);
      CHECK_OK(make_directory(parent, name));
      if (::fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return failed(name, errno);
    }
    if (S_ISLNK(info.st_mode)) return follow(name, info);
    return enter(name);
  }

  Status make_directory(int parent, const std::string& name) {
    if (::mkdirat(parent, name.c_str(), 0700) != 0) return failed(name, errno);
    const Fd made(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    const uid_t user = owner_.user.value_or(static_cast<uid_t>(-1));
    const gid_t group = owner_.group.value_or(static_cast<gid_t>(-1));
    if (!made.valid() || ::fchown(made.get(), user, group) != 0 || ::fchmod(made.get(), *make_) != 0) {
      return failed(name, errno);
    }
    return Done{};
  }

  Status follow(const std::string& name, const struct stat& info) {
    const std::filesystem::path link = path() / name;
    if (!is_ours(info.st_uid)) {
      return hostile(link,
                     "is a link of user " + std::to_string(info.st_uid) + ", who could turn it elsewhere");
    }
    if (++links_ > kMostLinks) return hostile(link, "is one link too many on the way");
    char target[4096];
    const ssize_t n = ::readlinkat(stack_.back().get(), name.c_str(), target, sizeof target);
    if (n <= 0) return failed(name, errno);
    const std::filesystem::path to(std::string(target, static_cast<std::size_t>(n)));
    queue(to);
    return to.is_absolute() ? restart() : Status(Done{});
  }

  Status enter(const std::string& name) {
    Fd next(::openat(stack_.back().get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat info {};
    if (!next.valid() || ::fstat(next.get(), &info) != 0) return failed(name, errno);
    CHECK_OK(check_directory(path() / name, info, owner_, left_.empty()));
    stack_.push_back(std::move(next));
    names_.push_back(name);
    return Done{};
  }

  const Owner& owner_;
  const std::optional<mode_t> make_;
  std::deque<std::string> left_;
  std::vector<Fd> stack_;
  std::vector<std::string> names_;
  int links_ = 0;
};

}  // namespace

Result<SafeDirectory> SafeDirectory::open(const std::filesystem::path& path, const Owner& owner,
                                          std::optional<mode_t> make) {
  if (!path.is_absolute()) return invalid(printable(path.string()) + " is no full path", "deploy-target");
  TRY(auto found, Walk(path, owner, make).run());
  return SafeDirectory(std::move(found.first), std::move(found.second));
}

// NOLINTBEGIN(concurrency-mt-unsafe): deployments run one after another
Result<Owner> find_owner(const std::string& user, const std::string& group) {
  Owner out;
  const auto number = [](const std::string& text) { return parse_number(text); };
  if (const auto id = number(user); !user.empty() && id && *id < static_cast<uid_t>(-1)) {
    out.user = static_cast<uid_t>(*id);
  } else if (!user.empty()) {
    const passwd* found = ::getpwnam(user.c_str());
    if (found == nullptr)
      return invalid("there is no user \"" + printable(user, 40) + "\" on this host", "deploy-owner");
    out.user = found->pw_uid;
  }
  if (const auto id = number(group); !group.empty() && id && *id < static_cast<gid_t>(-1)) {
    out.group = static_cast<gid_t>(*id);
  } else if (!group.empty()) {
    const ::group* found = ::getgrnam(group.c_str());
    if (found == nullptr) {
      return invalid("there is no group \"" + printable(group, 40) + "\" on this host", "deploy-owner");
    }
    out.group = found->gr_gid;
  }
  return out;
}
// NOLINTEND(concurrency-mt-unsafe)

}  // namespace certstead

#include "deploy/safe_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kLongestFile = std::size_t{1} << 20;

int open_beneath(int directory, const std::string& name, int flags, mode_t mode = 0) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC | O_NOFOLLOW);
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how));
}

}  // namespace

Error SafeDirectory::failed(std::string_view what, const std::string& name, int number) const {
  const std::string detail =
      "cannot " + std::string(what) + " " + printable((path_ / name).string()) + ": " + std::strerror(number);
  if (number == ENOENT) return not_found(detail, "file-absent");
  if (number == EEXIST || number == ENOTEMPTY) return conflict(detail, "file-exists");
  if (number == ENOSPC || number == EDQUOT) return unavailable(detail + "; make room there", "disk-full");
  if (number == EACCES || number == EPERM) return denied(detail + "; does this run as root?", "file-denied");
  return unavailable(detail, "file-error");
}

Result<Entry> SafeDirectory::look(const std::string& name) const {
  Entry entry;
  if (::fstatat(fd(), name.c_str(), &entry.info, AT_SYMLINK_NOFOLLOW) == 0) {
    entry.exists = true;
  } else if (errno != ENOENT) {
    return failed("look at", name, errno);
  }
  return entry;
}

Result<SecretBytes> SafeDirectory::read(const std::string& name) const {
  const Fd file(open_beneath(fd(), name, O_RDONLY | O_NONBLOCK));
  if (!file.valid()) return failed("read", name, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return failed("read", name, errno);
  if (!S_ISREG(info.st_mode) || info.st_size < 0 || static_cast<std::size_t>(info.st_size) > kLongestFile) {
    return invalid(printable((path_ / name).string()) + " is no file of at most 1 MiB; move it away",
                   "deploy-target");
  }
  Bytes out(static_cast<std::size_t>(info.st_size));
  std::size_t at = 0;
  while (at < out.size()) {
    const ssize_t n = ::read(file.get(), out.data() + at, out.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("read", name, errno);
    if (n == 0) break;
    at += static_cast<std::size_t>(n);
  }
  out.resize(at);
  return SecretBytes(std::move(out));
}

Status SafeDirectory::write_new(const std::string& name, BytesView content, const Owner& owner,
                                mode_t mode) const {
  const Fd file(open_beneath(fd(), name, O_WRONLY | O_CREAT | O_EXCL, 0600));
  if (!file.valid()) return failed("make", name, errno);
  const auto give_up = [&](std::string_view what) {
    const int number = errno;
    ::unlinkat(fd(), name.c_str(), 0);
    return failed(what, name, number);
  };
  if ((owner.user || owner.group) && ::fchown(file.get(), owner.user.value_or(static_cast<uid_t>(-1)),
                                              owner.group.value_or(static_cast<gid_t>(-1))) != 0) {
    return give_up("set the owner of");
  }
  if (::fchmod(file.get(), mode) != 0) return give_up("set the mode of");
  while (!content.empty()) {
    const ssize_t n = ::write(file.get(), content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return give_up("write");
    content = content.subspan(static_cast<std::size_t>(n));
  }
  if (::fsync(file.get()) != 0) return give_up("sync");
  return Done{};
}

Status SafeDirectory::link_new(const std::string& name, const std::string& target) const {
  if (::symlinkat(target.c_str(), fd(), name.c_str()) == 0) return Done{};
  return failed("make the link", name, errno);
}

Result<SafeDirectory> SafeDirectory::make_new(const std::string& name, mode_t mode,
                                              const Owner& owner) const {
  if (::mkdirat(fd(), name.c_str(), 0700) != 0) return failed("make the directory", name, errno);
  TRY(SafeDirectory made, enter(name));
  if ((owner.user || owner.group) && ::fchown(made.fd(), owner.user.value_or(static_cast<uid_t>(-1)),
                                              owner.group.value_or(static_cast<gid_t>(-1))) != 0) {
    return failed("set the owner of", name, errno);
  }
  if (::fchmod(made.fd(), mode) != 0) return failed("set the mode of", name, errno);
  return made;
}

Result<SafeDirectory> SafeDirectory::enter(const std::string& name) const {
  Fd inner(open_beneath(fd(), name, O_RDONLY | O_DIRECTORY));
  if (!inner.valid()) return failed("enter", name, errno);
  return SafeDirectory(std::move(inner), path_ / name);
}

Result<std::string> SafeDirectory::link_target(const std::string& name) const {
  std::array<char, 4096> buffer{};
  const ssize_t n = ::readlinkat(fd(), name.c_str(), buffer.data(), buffer.size());
  if (n < 0) return failed("read the link", name, errno);
  return std::string(buffer.data(), static_cast<std::size_t>(n));
}

Result<std::vector<std::string>> SafeDirectory::names() const {
  const int copy = ::openat(fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const listing = copy < 0 ? nullptr : ::fdopendir(copy);
  if (listing == nullptr) return failed("list", "", errno);
  std::vector<std::string> out;
  while (const dirent* entry = ::readdir(listing)) {  // NOLINT(concurrency-mt-unsafe): a listing of its own
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") out.emplace_back(name);
  }
  ::closedir(listing);
  std::sort(out.begin(), out.end());
  return out;
}

Status SafeDirectory::remove(const std::string& name) const {
  TRY(const Entry entry, look(name));
  if (!entry.exists) return Done{};
  const bool is_directory = S_ISDIR(entry.info.st_mode);
  if (is_directory) {
    TRY(const SafeDirectory inner, enter(name));
    TRY(const std::vector<std::string> content, inner.names());
    for (const std::string& inside : content) {
      if (::unlinkat(inner.fd(), inside.c_str(), 0) != 0) return inner.failed("remove", inside, errno);
    }
  }
  if (::unlinkat(fd(), name.c_str(), is_directory ? AT_REMOVEDIR : 0) == 0) return Done{};
  return failed("remove", name, errno);
}

Status SafeDirectory::rename_new(const std::string& from, const std::string& to) const {
  if (::renameat2(fd(), from.c_str(), fd(), to.c_str(), RENAME_NOREPLACE) == 0) return Done{};
  // Not every file system knows the flag; nobody else writes here, so a look before does as well.
  if (errno == EINVAL) {
    TRY(const Entry there, look(to));
    errno = EEXIST;
    if (!there.exists && ::renameat(fd(), from.c_str(), fd(), to.c_str()) == 0) return Done{};
  }
  return failed("put in place", to, errno);
}

Status SafeDirectory::exchange(const std::string& a, const std::string& b) const {
  if (::renameat2(fd(), a.c_str(), fd(), b.c_str(), RENAME_EXCHANGE) == 0) return Done{};
  if (errno != EINVAL) return failed("replace", b, errno);
  TRY(const Entry old, look(b));
  const std::string aside = a + ".aside";
  CHECK_OK(remove(aside));
  // A file keeps both names until the new one has taken its place; a directory can't have two.
  const int kept = S_ISDIR(old.info.st_mode) ? ::renameat(fd(), b.c_str(), fd(), aside.c_str())
                                             : ::linkat(fd(), b.c_str(), fd(), aside.c_str(), 0);
  if (kept != 0 || ::renameat(fd(), a.c_str(), fd(), b.c_str()) != 0 ||
      ::renameat(fd(), aside.c_str(), fd(), a.c_str()) != 0) {
    return failed("replace", b, errno);
  }
  return Done{};
}

Status SafeDirectory::sync() const {
  if (::fsync(fd()) == 0) return Done{};
  return failed("sync", "", errno);
}

}  // namespace certstead

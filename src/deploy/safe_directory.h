// A directory into which a process with many rights may write: every step of the way to it is controlled by
// nobody but root, this user, or the owner that the files shall have.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>

#include "base/file.h"

namespace certstead {

// Who owns what is written. Unset: this process's user, its group.
struct Owner {
  std::optional<uid_t> user;
  std::optional<gid_t> group;
};
// Names or numbers, "" for unset. kInvalid ("deploy-owner") if this host has no such user or group.
Result<Owner> find_owner(const std::string& user, const std::string& group);

// What stands under a name.
struct Entry {
  bool exists = false;
  struct stat info {};
};

// All operations take one name inside of the directory, never a path, and follow no symbolic link. Errors
// name the whole path. Blocking; not to be used from several threads at once.
class SafeDirectory {
 public:
  // Goes from the root down, component by component. Symbolic links on the way are followed if root or this
  // user owns them. kDenied ("deploy-target") if somebody else could move something under our feet: a
  // directory that belongs to neither root nor this user nor `owner.user`, or that others may write (a sticky
  // one may lie on the way), or a foreign link. With `make` missing directories are made with that mode,
  // owned by `owner`; else kNotFound.
  static Result<SafeDirectory> open(const std::filesystem::path& path, const Owner& owner,
                                    std::optional<mode_t> make = {});

  const std::filesystem::path& path() const { return path_; }
  int fd() const { return fd_.get(); }
  Result<Entry> look(const std::string& name) const;
  // A regular file of at most 1 MiB. kNotFound if there is none; kInvalid if it is something else.
  Result<SecretBytes> read(const std::string& name) const;
  // A new file (kConflict if the name is taken) that belongs to `owner` and has `mode` before it gets its
  // content, synced.
  Status write_new(const std::string& name, BytesView content, const Owner& owner, mode_t mode) const;
  Status link_new(const std::string& name, const std::string& target) const;
  // A new directory, opened.
  Result<SafeDirectory> make_new(const std::string& name, mode_t mode, const Owner& owner) const;
  Result<SafeDirectory> enter(const std::string& name) const;
  Result<std::string> link_target(const std::string& name) const;
  // The names in it, sorted; "." and ".." left out.
  Result<std::vector<std::string>> names() const;
  // A file, a link, or a directory with nothing but such in it. It is no error if it is not there.
  Status remove(const std::string& name) const;
  // In one step. kConflict if `to` is taken.
  Status rename_new(const std::string& from, const std::string& to) const;
  // Both names change places in one step; on file systems that can't (kUnavailable from the kernel: EINVAL)
  // in three, during which `b` is `a`'s or, for directories, absent for a moment.
  Status exchange(const std::string& a, const std::string& b) const;
  Status sync() const;

 private:
  SafeDirectory(Fd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Error failed(std::string_view what, const std::string& name, int number) const;
  Fd fd_;
  std::filesystem::path path_;
};

}  // namespace certstead

// The files that a scan may read: everything below one root, bounded in size and number.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace certstead {

// Paths are absolute within the tree ("/etc/nginx/nginx.conf"), whatever its root. Not thread-safe.
class SourceTree {
 public:
  enum class Kind { kNothing, kFile, kDirectory, kOther };
  static constexpr std::size_t kMaxFile = std::size_t{1} << 20;
  static constexpr std::size_t kMaxMatches = 10'000;

  virtual ~SourceTree() = default;
  // A regular file of at most kMaxFile bytes. kNotFound; kUnavailable with the system's reason; kInvalid if
  // it is longer, no regular file or behind a loop of links; kLimited once the scan has read its share.
  virtual Result<SecretBytes> read(const std::string& path) = 0;
  // The names in a directory, sorted, at most kMaxMatches. Errors as above.
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;
  // kNothing also for what can't be reached.
  virtual Kind kind(const std::string& path) = 0;
  // Where `path` stands for the system, links resolved: for programs that are run on it. Errors as above.
  virtual Result<std::string> system_path(const std::string& path) const = 0;

  Result<std::string> text(const std::string& path);
  bool is_file(const std::string& path) { return kind(path) == Kind::kFile; }
  bool is_directory(const std::string& path) { return kind(path) == Kind::kDirectory; }
  // What matches a pattern of the shell (*, ?, [...]; hidden files only if the pattern says so), sorted, at
  // most kMaxMatches; a path without wildcards matches itself if it is there. An error only if a directory on
  // the way is there and can't be read.
  Result<std::vector<std::string>> glob(const std::string& pattern);
};

// `path` if it is absolute, else below `directory`.
std::string path_below(const std::string& directory, std::string_view path);
// The directory of a file, "/" at the top; the last part of a path.
std::string directory_of(const std::string& path);
std::string last_part(const std::string& path);

// The files below `root`. Links are followed as if `root` were "/": none leads out of it, and at most 40 for
// one path. Paths and links that begin with the root itself are taken as within it, so that a directory whose
// configuration names its own place can be scanned too.
class DiskTree final : public SourceTree {
 public:
  // What all reads of one scan may come to.
  struct Limits {
    std::size_t files = 100'000;
    std::size_t bytes = std::size_t{512} << 20;
  };
  explicit DiskTree(const std::filesystem::path& root) : DiskTree(root, Limits()) {}
  DiskTree(const std::filesystem::path& root, Limits limits);

  Result<SecretBytes> read(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Kind kind(const std::string& path) override;
  Result<std::string> system_path(const std::string& path) const override;

 private:
  std::string within(const std::string& path) const;
  Status spend(std::size_t bytes);
  std::string root_;  // without a slash at the end: "" for the whole system
  Limits left_;
};

}  // namespace certstead

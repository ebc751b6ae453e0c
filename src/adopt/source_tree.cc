#include "adopt/source_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>

#include "base/file.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr int kMaxLinks = 40;

Error system_error(const std::string& path) {
  const int reason = errno;
  if (reason == ENOENT || reason == ENOTDIR) return not_found(printable(path) + " is not there");
  return unavailable(printable(path) + " can't be read: " + std::strerror(reason) +
                     (reason == EACCES ? "; run the scan as a user who may (root)" : ""));
}

bool has_wildcard(std::string_view part) { return part.find_first_of("*?[") != std::string_view::npos; }

void put_in_front(std::deque<std::string>& parts, std::string_view path) {
  const std::vector<std::string_view> more = split(path, '/');
  for (auto part = more.rbegin(); part != more.rend(); ++part) {
    if (!part->empty() && *part != ".") parts.emplace_front(*part);
  }
}

Result<std::string> link_target(const std::string& path) {
  char buffer[4096];
  const ssize_t length = ::readlink(path.c_str(), buffer, sizeof buffer);
  if (length < 0) return system_error(path);
  return std::string(buffer, static_cast<std::size_t>(length));
}

// Reads all of an open file that was at most `limit` long when it was looked at.
Result<SecretBytes> read_open(const Fd& file, const std::string& path, std::size_t limit) {
  Bytes bytes(limit + 1);
  std::size_t length = 0;
  while (length < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + length, bytes.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(path);
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  const bool whole = length <= limit;
  SecretBytes out(BytesView(bytes.data(), whole ? length : 0));
  wipe(bytes);
  if (!whole) return invalid(printable(path) + " grows while it is read");
  return out;
}

}  // namespace

Result<std::string> SourceTree::text(const std::string& path) {
  TRY(const SecretBytes bytes, read(path));
  return to_text(bytes.reveal());
}

Result<std::vector<std::string>> SourceTree::glob(const std::string& pattern) {
  std::vector<std::string> matches = {""};
  for (const std::string_view part : split(pattern, '/')) {
    if (part.empty()) continue;
    std::vector<std::string> next;
    for (const std::string& directory : matches) {
      if (!has_wildcard(part)) {
        next.push_back(directory + "/" + std::string(part));
        continue;
      }
      const auto names = list(directory.empty() ? "/" : directory);
      if (!names && names.error().code == Code::kNotFound) continue;
      if (!names) return names.error();
      for (const std::string& name : *names) {
        if (next.size() >= kMaxMatches) break;
        if (::fnmatch(std::string(part).c_str(), name.c_str(), FNM_PERIOD) == 0)
          next.push_back(directory + "/" + name);
      }
    }
    matches = std::move(next);
  }
  std::erase_if(matches, [&](const std::string& path) { return kind(path) == Kind::kNothing; });
  return matches;
}

std::string path_below(const std::string& directory, std::string_view path) {
  if (!path.empty() && path.front() == '/') return std::string(path);
  return (directory == "/" ? "" : directory) + "/" + std::string(path);
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

DiskTree::DiskTree(const std::filesystem::path& root, Limits limits)
    : root_(std::filesystem::absolute(root).lexically_normal().string()), left_(limits) {
  while (!root_.empty() && root_.back() == '/') root_.pop_back();
}

std::string DiskTree::within(const std::string& path) const {
  if (root_.empty() || path.compare(0, root_.size() + 1, root_ + "/") != 0) return path;
  return path.substr(root_.size());
}

Result<std::string> DiskTree::system_path(const std::string& path) const {
  if (path.find('\0') != std::string::npos || path.size() > 4096) {
    return invalid("'" + printable(path, 100) + "' is no path");
  }
  std::deque<std::string> parts;
  put_in_front(parts, within(path));
  std::string at = root_;
  for (int links = 0; !parts.empty();) {
    const std::string part = std::move(parts.front());
    parts.pop_front();
    if (part == "..") {
      if (at.size() > root_.size()) at.resize(at.rfind('/'));
      continue;
    }
    const std::string next = at + "/" + part;
    struct stat about {};
    if (::lstat(next.c_str(), &about) != 0) return system_error(path);
    if (!S_ISLNK(about.st_mode)) {
      at = next;
      continue;
    }
    if (++links > kMaxLinks) return invalid(printable(path) + " is behind a loop of symbolic links");
    TRY(const std::string target, link_target(next));
    if (!target.empty() && target.front() == '/') at = root_;
    put_in_front(parts, within(target));
  }
  return at.empty() ? "/" : at;
}

Status DiskTree::spend(std::size_t bytes) {
  if (left_.files == 0 || left_.bytes < bytes) {
    return Error{Code::kLimited, "the scan has read as much as one scan may; scan fewer programs at a time",
                 "scan-too-large"};
  }
  --left_.files;
  left_.bytes -= bytes;
  return Done{};
}

Result<SecretBytes> DiskTree::read(const std::string& path) {
  TRY(const std::string real, system_path(path));
  // Not blocking: somebody may have put a pipe there.
  const Fd file(::open(real.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW));
  struct stat about {};
  if (!file.valid() || ::fstat(file.get(), &about) != 0) return system_error(path);
  if (!S_ISREG(about.st_mode)) return invalid(printable(path) + " is no regular file");
  const auto size = static_cast<std::size_t>(about.st_size);
  if (size > kMaxFile)
    return invalid(printable(path) + " is larger than 1 MiB, too large for what it should be");
  CHECK_OK(spend(size));
  return read_open(file, path, size);
}

Result<std::vector<std::string>> DiskTree::list(const std::string& directory) {
  TRY(const std::string real, system_path(directory));
  CHECK_OK(spend(0));
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(real.c_str()), ::closedir);
  if (!open) return system_error(directory);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    if (names.size() > kMaxMatches) {
      return invalid(printable(directory) + " holds more than " + std::to_string(kMaxMatches) + " files");
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

SourceTree::Kind DiskTree::kind(const std::string& path) {
  const auto real = system_path(path);
  struct stat about {};
  if (!real || ::lstat(real->c_str(), &about) != 0) return Kind::kNothing;
  if (S_ISREG(about.st_mode)) return Kind::kFile;
  return S_ISDIR(about.st_mode) ? Kind::kDirectory : Kind::kOther;
}

}  // namespace certstead

// Files of a scan that are only in memory.
#pragma once

#include <map>
#include <set>

#include "adopt/source_tree.h"

namespace certstead {

class FakeTree final : public SourceTree {
 public:
  std::map<std::string, std::string> files;
  std::set<std::string> unreadable;  // files and directories

  Result<SecretBytes> read(const std::string& path) override {
    if (unreadable.contains(path)) return unavailable(path + " can't be read: Permission denied");
    const auto found = files.find(path);
    if (found == files.end()) return not_found(path + " is not there");
    return SecretBytes(view_bytes(found->second));
  }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    if (unreadable.contains(directory)) return unavailable(directory + " can't be read: Permission denied");
    const std::string start = directory == "/" ? "/" : directory + "/";
    std::set<std::string> names;
    for (auto file = files.lower_bound(start); file != files.end() && file->first.starts_with(start); ++file)
      names.insert(file->first.substr(start.size(), file->first.find('/', start.size()) - start.size()));
    if (names.empty()) return not_found(directory + " is not there");
    return std::vector<std::string>(names.begin(), names.end());
  }
  Kind kind(const std::string& path) override {
    if (files.contains(path)) return Kind::kFile;
    const auto below = files.lower_bound(path + "/");
    return below != files.end() && below->first.starts_with(path + "/") ? Kind::kDirectory : Kind::kNothing;
  }
  Result<std::string> system_path(const std::string& path) const override {
    if (!files.contains(path)) return not_found(path + " is not there");
    return path;
  }
};

}  // namespace certstead

// The configuration file (TOML).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace certstead {

struct ConfigEntry {
  std::string key;  // "socket", "manager.data"
  std::vector<std::string> values;
  bool is_list = false;
  int line = 0;
};

// Texts, whole numbers, true and false, and lists of these, at the top or in one level of sections. `path` is
// for errors, which name the line. kInvalid for broken TOML, other types and deeper sections. Pure.
Result<std::vector<ConfigEntry>> parse_config(std::string_view text, std::string_view path);

}  // namespace certstead

#include "base/toml_guard.h"

#include <algorithm>

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool begins_a_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '"' || c == '\'';
}

bool is_bad_head(std::string_view line) {
  if (!line.starts_with('[')) return false;
  line = trim(line.substr(line.starts_with("[[") ? 2 : 1));
  return line.empty() || (!begins_a_key(line.front()) && line.front() != ']');
}

}  // namespace

Status check_toml(std::string_view text, std::string id, std::string_view path) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::vector<std::string_view> lines = split(text, '\n');
  const auto bad = std::ranges::find_if(lines, [](std::string_view line) { return is_bad_head(trim(line)); });
  if (bad == lines.end()) return Done{};
  return invalid((path.empty() ? "" : printable(path) + ", ") + "line " +
                     std::to_string(bad - lines.begin() + 1) +
                     ": a line that begins with [ has to name a table",
                 std::move(id));
}

}  // namespace certstead

#include "cli/config.h"

#include <toml++/toml.h>

#include "base/text.h"
#include "base/toml_guard.h"

namespace certstead {
namespace {

std::string at_line(std::string_view path, const toml::source_region& where) {
  return printable(path) + ", line " + std::to_string(where.begin.line) + ": ";
}

std::optional<std::string> scalar(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  return std::nullopt;
}

Result<ConfigEntry> entry_of(std::string key, const toml::node& node, std::string_view path) {
  ConfigEntry entry;
  entry.key = std::move(key);
  entry.line = static_cast<int>(node.source().begin.line);
  const toml::array* list = node.as_array();
  entry.is_list = list != nullptr;
  const auto add = [&](const toml::node& one) {
    const std::optional<std::string> text = scalar(one);
    if (text) entry.values.push_back(*text);
    return text.has_value();
  };
  bool fine = true;
  if (list == nullptr) {
    fine = add(node);
  } else {
    for (const toml::node& one : *list) fine = fine && add(one);
  }
  if (fine) return entry;
  return invalid(at_line(path, node.source()) + "'" + printable(entry.key, 80) +
                 "' must be a text, a whole number, true or false, or a list of these");
}

Status add_entries(const toml::table& table, const std::string& prefix, std::string_view path,
                   std::vector<ConfigEntry>& out) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* section = node.as_table()) {
      if (!prefix.empty()) {
        return invalid(at_line(path, node.source()) + "there are no sections inside of sections: '" +
                       printable(name, 80) + "'");
      }
      CHECK_OK(add_entries(*section, name + ".", path, out));
      continue;
    }
    TRY(ConfigEntry entry, entry_of(name, node, path));
    out.push_back(std::move(entry));
  }
  return Done{};
}

}  // namespace

Result<std::vector<ConfigEntry>> parse_config(std::string_view text, std::string_view path) {
  CHECK_OK(check_toml(text, "config", path));
  toml::table table;
  try {
    table = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return invalid(at_line(path, error.source()) + printable(error.description()));
  }
  std::vector<ConfigEntry> entries;
  CHECK_OK(add_entries(table, "", path, entries));
  return entries;
}

}  // namespace certstead

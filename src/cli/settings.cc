#include "cli/settings.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cli/config.h"

namespace certstead {
namespace {

constexpr std::size_t kLargestConfig = std::size_t{1} << 20;

std::string upper_underscored(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '-') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string config_key(const Flag& flag, std::string_view verb) {
  if (!flag.config_key.empty()) return flag.config_key;
  return flag.global ? flag.long_name() : std::string(verb) + "." + flag.long_name();
}

// The manager speaks JSON, and so UTF-8 alone.
Status check_text(const Flag& flag, const std::vector<std::string>& values) {
  const auto wrong = std::ranges::find_if_not(values, is_utf8);
  if (flag.any_bytes || wrong == values.end()) return Done{};
  return invalid("'" + printable(*wrong, 100) +
                 "' is not in UTF-8; type it in a terminal of that encoding, a host name also as xn--...");
}

Status store_as(const Flag& flag, const std::vector<std::string>& values, const std::string& where) {
  Status stored = check_text(flag, values);
  if (stored) stored = flag.store(values);
  if (!stored) return stored.error().within(where);
  return Done{};
}

void add_keys(const Verb& verb, std::string_view section, std::vector<std::string>& keys) {
  for (const Flag& flag : verb.flags) {
    if (flag.configurable) keys.push_back(config_key(flag, section));
  }
  for (const Verb& child : verb.verbs) add_keys(child, section, keys);
}

// All keys that the file may hold.
std::vector<std::string> known_keys(const Verb& root) {
  std::vector<std::string> keys;
  for (const Verb& verb : root.verbs) add_keys(verb, verb.name, keys);
  std::ranges::sort(keys);
  keys.erase(std::ranges::unique(keys).begin(), keys.end());
  return keys;
}

class ConfigFile {
 public:
  static Result<ConfigFile> read(const std::string& path, bool may_be_absent, bool may_be_unreadable) {
    ConfigFile file;
    file.path_ = path;
    const Result<std::string> text = read_text_file(path, kLargestConfig);
    const bool is_default = path == kDefaultConfig;
    if (!text && may_be_absent && text.error().code == Code::kNotFound) return file;
    if (!text && is_default && (text.error().code == Code::kNotFound || may_be_unreadable)) return file;
    if (!text) return text.error();
    TRY(file.entries_, parse_config(*text, path));
    return file;
  }

  Status check_keys(const Verb& root) const {
    const std::vector<std::string> known = known_keys(root);
    for (const ConfigEntry& entry : entries_) {
      if (std::ranges::find(known, entry.key) != known.end()) continue;
      return invalid(place_of(entry) + "there is no setting '" + printable(entry.key, 80) +
                     "'; there is: " + join(known, ", "));
    }
    return Done{};
  }

  Status store(const Flag& flag, const std::string& key) const {
    const auto entry = std::ranges::find(entries_, key, &ConfigEntry::key);
    if (entry == entries_.end()) return Done{};
    if (entry->is_list && !flag.many)
      return invalid(place_of(*entry) + "'" + key + "' takes one value, no list");
    return store_as(flag, entry->values, place_of(*entry) + "'" + key + "'");
  }

 private:
  std::string place_of(const ConfigEntry& entry) const {
    return printable(path_) + ", line " + std::to_string(entry.line) + ": ";
  }
  std::string path_;
  std::vector<ConfigEntry> entries_;
};

// True if the flag got its value here.
Result<bool> store_from_environment(const Flag& flag, const std::string& name,
                                    const Environment& environment) {
  const std::optional<std::string> value = environment(name);
  if (!value || value->empty()) return false;
  std::vector<std::string> values;
  if (flag.many) {
    for (const std::string_view part : split(*value, ',')) values.emplace_back(trim(part));
  } else {
    values.push_back(*value);
  }
  CHECK_OK(store_as(flag, values, name));
  return true;
}

bool is_server(const Verb& verb) {
  return std::ranges::any_of(verb.flags, [](const Flag& flag) { return flag.configurable && !flag.global; });
}

}  // namespace

std::string environment_name(const Flag& flag, const std::vector<std::string>& path) {
  std::string name = "CERTSTEAD_";
  if (!flag.global) name += upper_underscored(join(path, "_")) + "_";
  return name + upper_underscored(flag.long_name());
}

Status apply_settings(const Verb& root, const Chosen& chosen, const Environment& environment,
                      const std::string& config_path) {
  std::vector<const Flag*> open;
  for (const Flag& flag : chosen.verb->flags) {
    const auto given = chosen.given.find(&flag);
    if (given != chosen.given.end()) {
      CHECK_OK(store_as(flag, given->second, flag.positional() ? flag.names : "--" + flag.long_name()));
      continue;
    }
    if (!flag.configurable) continue;
    TRY(const bool stored, store_from_environment(flag, environment_name(flag, chosen.path), environment));
    if (!stored) open.push_back(&flag);
  }
  TRY(const ConfigFile file,
      ConfigFile::read(config_path, chosen.verb->makes_config, !is_server(*chosen.verb)));
  CHECK_OK(file.check_keys(root));
  for (const Flag* flag : open) CHECK_OK(file.store(*flag, config_key(*flag, chosen.path.front())));
  return Done{};
}

}  // namespace certstead

#include "adopt/places.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "crypto/pem.h"

namespace certstead {

std::vector<std::string> places(const ScanOptions& options, std::vector<std::string> usual) {
  if (options.at.empty()) return usual;
  return options.at;
}

std::vector<std::string> main_files(SourceTree& tree, const ScanOptions& options,
                                    std::vector<std::string> usual, const std::string& name) {
  std::vector<std::string> out;
  for (const std::string& path : places(options, std::move(usual))) {
    std::string file = tree.is_directory(path) ? path_below(path, name) : path;
    if (tree.kind(file) != SourceTree::Kind::kNothing) out.push_back(std::move(file));
  }
  return out;
}

std::string line_place(const std::string& file, int line) { return file + ":" + std::to_string(line); }

void add_host(std::vector<std::string>& hosts, std::string_view name) {
  const auto add = [&](std::string host) {
    if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(std::move(host));
  };
  if (name.empty() || name.find_first_not_of("_ ") == std::string_view::npos || name.front() == '~') return;
  if (name.find_first_of("$%/") != std::string_view::npos || name == "*") return;
  if (name.front() == '.') {
    add(lower_ascii(name.substr(1)));
    add("*" + lower_ascii(name));
  } else {
    add(lower_ascii(name));
  }
}

std::vector<std::string> Includes::files(const std::string& pattern, const std::string& place,
                                         bool required) {
  auto found = tree_.glob(pattern);
  if (!found) {
    findings_.skip(program_, place, found.error().detail);
    return {};
  }
  if (found->empty() && required && pattern.find_first_of("*?[") == std::string::npos) {
    findings_.skip(program_, place, printable(pattern) + ", which is included here, is not there");
  }
  return std::move(*found);
}

std::optional<std::string> Includes::enter(const std::string& file) {
  constexpr std::size_t kDeepest = 16;
  if (std::find(open_.begin(), open_.end(), file) != open_.end()) {
    findings_.skip(program_, file, "it includes itself");
    return std::nullopt;
  }
  if (left_ == 0 || open_.size() >= kDeepest) {
    findings_.skip(
        program_, file,
        left_ == 0 ? "there are more than 5,000 included files" : "includes stand more than 16 deep");
    return std::nullopt;
  }
  --left_;
  auto text = tree_.text(file);
  if (!text) {
    findings_.skip(program_, file, text.error().detail);
    return std::nullopt;
  }
  open_.push_back(file);
  return std::move(*text);
}

std::optional<Assignment> read_assignment(std::string_view line) {
  line = trim(line);
  const std::size_t equals = line.find('=');
  if (line.empty() || line.front() == '#' || line.front() == ';' || equals == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view name = trim(line.substr(0, equals));
  std::string_view value = trim(line.substr(equals + 1));
  if (name.empty()) return std::nullopt;
  if (value.size() >= 2 && value.front() == value.back() && (value.front() == '\'' || value.front() == '"')) {
    value = value.substr(1, value.size() - 2);
  }
  return Assignment{std::string(name), std::string(value)};
}

Assignments read_assignments(std::string_view text) {
  Assignments out;
  for (const std::string_view line : split(text, '\n')) {
    if (auto one = read_assignment(line)) out[one->name] = one->value;
  }
  return out;
}

bool holds_private_key(std::string_view text) {
  while (const std::optional<PemBlock> block = next_pem_block(text)) {
    if (block->label.find("PRIVATE KEY") != std::string_view::npos) return true;
  }
  return false;
}

std::string known_directory(std::string_view host) {
  for (const auto& [known, path] : {std::pair{"acme-v02.api.letsencrypt.org", "/directory"},
                                    {"acme-staging-v02.api.letsencrypt.org", "/directory"},
                                    {"acme.zerossl.com", "/v2/DV90"},
                                    {"dv.acme-v02.api.pki.goog", "/directory"},
                                    {"acme-api.actalis.com", "/acme/directory"}}) {
    if (host == known) return "https://" + std::string(host) + path;
  }
  return "";
}

}  // namespace certstead

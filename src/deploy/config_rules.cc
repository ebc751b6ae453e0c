#include "deploy/config_rules.h"

#include <algorithm>

#include "base/text.h"
#include "deploy/config.h"
#include "probe/target.h"

namespace certstead {
namespace {

Error wrong(std::string detail) { return invalid(std::move(detail), "deploy-config"); }

Status check_path(std::string_view key, const std::string& path) {
  if (path.empty()) return Done{};
  const std::filesystem::path read(path);
  const bool climbs = std::find(read.begin(), read.end(), "..") != read.end();
  if (read.is_absolute() && !climbs && !path.ends_with('/')) return Done{};
  return wrong("'" + std::string(key) +
               "' must be a full path without \"..\" and without a slash at its end, not \"" +
               printable(path, 200) + "\"");
}

Status check_hook(std::string_view key, const std::vector<std::string>& command) {
  if (command.empty()) return Done{};
  if (command.front().empty()) return wrong("'" + std::string(key) + "' begins with an empty word");
  if (command.size() == 1 && command.front().find(' ') != std::string::npos) {
    return wrong("'" + std::string(key) +
                 "' is one word with blanks; write each argument as a text of its own, since no "
                 "shell reads it");
  }
  return Done{};
}

Status check_files(const Deployment& d) {
  if (d.key_path.empty() || (d.cert_path.empty() && d.fullchain_path.empty())) {
    return wrong("the layout files needs 'key', and 'cert' or 'fullchain'");
  }
  if (!d.path.empty()) return wrong("the layout files has no 'path'; it has key, cert, chain and fullchain");
  std::vector<std::string> all = {d.key_path, d.cert_path, d.chain_path, d.fullchain_path};
  std::erase(all, "");
  std::sort(all.begin(), all.end());
  if (std::adjacent_find(all.begin(), all.end()) != all.end()) {
    return wrong(
        "two files can't have the same path; for key and chain in one file there is the layout combined");
  }
  return Done{};
}

Status check_layout(const Deployment& d) {
  if (d.layout == Layout::kFiles) return check_files(d);
  if (d.path.empty()) return wrong("'path' is missing: where do the files go?");
  if (!d.key_path.empty() || !d.cert_path.empty() || !d.chain_path.empty() || !d.fullchain_path.empty()) {
    return wrong("'key', 'cert', 'chain' and 'fullchain' belong to the layout files");
  }
  if ((d.layout == Layout::kPkcs12) != !d.password_file.empty()) {
    return wrong(d.layout == Layout::kPkcs12 ? "the layout pkcs12 needs a 'password_file'"
                                             : "'password_file' belongs to the layout pkcs12");
  }
  const bool bundle = d.layout == Layout::kHaproxy || d.layout == Layout::kCombined;
  if (!bundle && !d.haproxy_socket.empty()) {
    return wrong("'haproxy_socket' belongs to the layouts haproxy and combined");
  }
  return Done{};
}

bool is_lineage(const std::string& name) {
  return !name.empty() && name.size() <= 200 && name.find('/') == std::string::npos && name.front() != '.';
}

}  // namespace

Status check_deployment_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const auto allowed = [&](char c) { return letter(c) || c == '.' || c == '-' || c == '_'; };
  if (!name.empty() && name.size() <= 64 && letter(name.front()) &&
      std::all_of(name.begin(), name.end(), allowed)) {
    return Done{};
  }
  return invalid(
      "\"" + printable(name, 80) +
          "\" can't name a deployment: use 1 to 64 letters, digits, dots, hyphens and underscores, "
          "beginning with a letter or digit",
      "deploy-name");
}

Status check_deployment(const Deployment& d) {
  if (d.set.empty()) return wrong("'set' is missing: whose certificates are deployed?");
  CHECK_OK(check_layout(d));
  for (const auto& [key, path] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"path", d.path},
           {"key", d.key_path},
           {"cert", d.cert_path},
           {"chain", d.chain_path},
           {"fullchain", d.fullchain_path},
           {"password_file", d.password_file},
           {"haproxy_socket", d.haproxy_socket}}) {
    CHECK_OK(check_path(key, path));
  }
  if (!is_lineage(d.lineage))
    return wrong("'lineage' must be a name without slashes that does not begin with a dot");
  if ((d.permissions.mode & 0007) != 0)
    return wrong("'mode' would let everybody read the private key; use 0600 or 0640");
  for (const auto& [key, command] :
       std::initializer_list<std::pair<std::string_view, std::vector<std::string>>>{
           {"pre", d.hooks.pre},
           {"check", d.hooks.check},
           {"reload", d.hooks.reload},
           {"post", d.hooks.post}}) {
    CHECK_OK(check_hook(key, command));
  }
  for (const std::string& target : d.proofs) {
    const auto read = parse_target(target);
    if (!read) return wrong("'prove': " + read.error().detail);
  }
  return Done{};
}

}  // namespace certstead

// Dovecot: ssl_cert and ssl_key (2.3), ssl_server_cert_file and its kin (2.4), also within local_name.
#include <deque>
#include <map>

#include "adopt/places.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr Program kSelf = Program::kDovecot;

struct Setting {
  std::string value, place;
};
struct Scope {
  Scope* outer = nullptr;
  int depth = 0;
  std::string kind = {}, argument = {};
  std::map<std::string, Setting> settings = {};
};
constexpr int kDeepest = 64;

struct Pair {
  const char* certificate;
  const char* key;
};
constexpr Pair kPairs[] = {{"ssl_cert", "ssl_key"},
                           {"ssl_alt_cert", "ssl_alt_key"},
                           {"ssl_server_cert_file", "ssl_server_key_file"},
                           {"ssl_server_alt_cert_file", "ssl_server_alt_key_file"}};

class DovecotScan {
 public:
  DovecotScan(SourceTree& tree, const std::string& main) : main_(main), includes_(kSelf, tree, out_) {}

  Findings run() {
    scopes_.emplace_back();
    read_file(main_, &scopes_.front());
    for (const Scope& scope : scopes_) {
      for (const Pair& pair : kPairs) report(scope, pair);
    }
    return std::move(out_);
  }

 private:
  void read_file(const std::string& file, Scope* scope) {
    const std::optional<std::string> text = includes_.enter(file);
    if (!text) return;
    const Scope* const start = scope;
    int number = 0;
    for (const std::string_view raw : split(*text, '\n')) {
      const std::string place = line_place(file, ++number);
      const std::string_view line = trim(raw);
      if (line.empty() || line.front() == '#') continue;
      if (line.front() == '!') {
        include(line, file, place, scope);
      } else if (line.front() == '}') {
        if (scope != start && scope->outer != nullptr) scope = scope->outer;
      } else if (line.back() == '{' && line.find('=') == std::string_view::npos) {
        scope = open_scope(line.substr(0, line.size() - 1), scope);
      } else if (const auto one = read_assignment(line)) {
        scope->settings[one->name] = {one->value, place};
        base_[place] = directory_of(file);
      }
    }
    includes_.leave();
  }

  Scope* open_scope(std::string_view head, Scope* outer) {
    head = trim(head);
    const std::size_t blank = std::min(head.find_first_of(" \t"), head.size());
    if (outer->depth == kDeepest) outer = outer->outer;  // beside it instead of within
    scopes_.push_back(
        {outer, outer->depth + 1, std::string(head.substr(0, blank)), std::string(trim(head.substr(blank)))});
    return &scopes_.back();
  }

  void include(std::string_view line, const std::string& file, const std::string& place, Scope* scope) {
    const bool optional = line.compare(0, 12, "!include_try") == 0;
    const std::string_view what = trim(line.substr(optional ? 12 : std::min<std::size_t>(8, line.size())));
    if (what.empty()) return;
    for (const std::string& one : includes_.files(path_below(directory_of(file), what), place, !optional))
      read_file(one, scope);
  }

  static const Setting* find(const Scope& scope, const std::string& name) {
    for (const Scope* one = &scope; one != nullptr; one = one->outer) {
      const auto found = one->settings.find(name);
      if (found != one->settings.end()) return &found->second;
    }
    return nullptr;
  }

  // The file that a setting names: "<FILE" in 2.3, "FILE" in 2.4. "" if it is none.
  std::string file_of(const Setting& setting) const {
    std::string_view value = setting.value;
    if (!value.empty() && value.front() == '<') value = trim(value.substr(1));
    const auto base = base_.find(setting.place);
    if (value.empty() || value.find('%') != std::string_view::npos ||
        value.find('$') != std::string_view::npos)
      return "";
    return path_below(base == base_.end() ? "/" : base->second, value);
  }

  void report(const Scope& scope, const Pair& pair) {
    const auto own = scope.settings.find(pair.certificate);
    if (own == scope.settings.end() || own->second.value.empty()) return;
    const bool new_style = std::string_view(pair.certificate).ends_with("_file");
    const Setting* key = find(scope, pair.key);
    const std::string certificate_file = file_of(own->second);
    if (certificate_file.empty() || (!new_style && own->second.value.front() != '<')) {
      return out_.skip(kSelf, own->second.place,
                       std::string(pair.certificate) + " names no file; write it as <FILE");
    }
    FoundCredential finding;
    finding.program = kSelf;
    const std::string names = scope.kind == "local_name" ? scope.argument : "";
    for (const std::string_view name : split(names, ' ')) add_host(finding.hosts, without_quotes(name));
    finding.name = finding.hosts.empty() ? "dovecot" : finding.hosts.front();
    finding.place = own->second.place;
    finding.certificate_files = {certificate_file};
    if (key != nullptr) finding.key_file = file_of(*key);
    if (finding.key_file.empty())
      finding.problem = std::string("there is no ") + pair.key + " that names a file";
    const Setting* password = find(scope, "ssl_key_password");
    if (password != nullptr && !password->value.empty() && password->value.front() == '<')
      finding.password_file = file_of(*password);
    out_.add(std::move(finding));
  }

  static std::string_view without_quotes(std::string_view text) {
    while (!text.empty() && text.front() == '"') text.remove_prefix(1);
    while (!text.empty() && text.back() == '"') text.remove_suffix(1);
    return text;
  }

  std::string main_;
  Findings out_;
  Includes includes_;
  std::deque<Scope> scopes_;                 // they point at one another
  std::map<std::string, std::string> base_;  // place of a setting -> directory of its file
};

}  // namespace

Findings scan_dovecot(SourceTree& tree, const ScanOptions& options) {
  Findings out;
  for (const std::string& main :
       main_files(tree, options, {"/etc/dovecot/dovecot.conf", "/usr/local/etc/dovecot/dovecot.conf"},
                  "dovecot.conf"))
    out.append(DovecotScan(tree, main).run());
  return out;
}

}  // namespace certstead

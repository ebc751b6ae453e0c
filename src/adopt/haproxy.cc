// HAProxy: what `bind` lines load: files, directories, lists, bundles.
#include <algorithm>

#include "adopt/places.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr Program kSelf = Program::kHaproxy;
// What stands beside a certificate in a directory without being one.
constexpr const char* kExtras[] = {".key", ".ocsp", ".sctl", ".issuer", ".dolphins"};
constexpr const char* kBundle[] = {".rsa", ".ecdsa", ".dsa"};

// Words of one line: "..." and '...' taken off, a backslash takes the next character as it is, # ends.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> out;
  std::string word;
  bool in_word = false;
  char mark = '\0';
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (mark == '\0' && (c == ' ' || c == '\t' || c == '\r' || c == '#')) {
      if (in_word) out.push_back(std::move(word));
      word.clear();
      in_word = false;
      if (c == '#') break;
      continue;
    }
    in_word = true;
    if (c == '\\' && mark != '\'' && at + 1 < line.size()) {
      word.push_back(line[++at]);
    } else if (mark == '\0' && (c == '"' || c == '\'')) {
      mark = c;
    } else if (c == mark) {
      mark = '\0';
    } else {
      word.push_back(c);
    }
  }
  if (in_word) out.push_back(std::move(word));
  return out;
}

class HaproxyScan {
 public:
  explicit HaproxyScan(SourceTree& tree) : tree_(tree), includes_(kSelf, tree, out_) {}

  Findings run(const std::vector<std::string>& files) {
    for (const std::string& file : files) read_file(file);
    return std::move(out_);
  }

 private:
  void read_file(const std::string& file) {
    const std::optional<std::string> text = includes_.enter(file);
    if (!text) return;
    int number = 0;
    for (const std::string_view line : split(*text, '\n'))
      read_line(words_of(line), line_place(file, ++number));
    includes_.leave();
  }

  void read_line(const std::vector<std::string>& words, const std::string& place) {
    if (words.empty()) return;
    const std::string& word = words.front();
    for (const char* section : {"global", "defaults", "frontend", "backend", "listen", "peers", "program",
                                "cache", "resolvers", "userlist", "mailers", "ring", "crt-store"}) {
      if (word == section) section_ = words.size() > 1 ? words[1] : word;
    }
    if (word == "crt-base" && words.size() > 1) base_ = words[1];
    if (word == "ssl-load-extra-del-ext") replaces_extension_ = true;
    if (word != "bind") return;
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
      if (words[i] == "crt") read_crt(words[i + 1], {}, place);
      if (words[i] == "crt-list") read_list(words[i + 1], place);
    }
  }

  // A file, a bundle of files, or a directory of both.
  void read_crt(const std::string& value, const std::vector<std::string>& hosts, const std::string& place) {
    if (value.find('$') != std::string::npos || value.find('@') == 0) {
      return out_.skip(kSelf, place,
                       "'" + printable(value) + "' is chosen when HAProxy starts (variable or store)");
    }
    const std::string path = path_below(base_.empty() ? "/" : base_, value);
    if (tree_.is_directory(path)) return read_directory(path, place);
    bool bundle = false;
    for (const char* kind : kBundle) {
      if (tree_.kind(path) != SourceTree::Kind::kNothing || !tree_.is_file(path + kind)) continue;
      bundle = true;
      add(path + kind, hosts, place);
    }
    if (!bundle) add(path, hosts, place);
  }

  void read_directory(const std::string& directory, const std::string& place) {
    const auto names = tree_.list(directory);
    if (!names) return out_.skip(kSelf, place, names.error().detail);
    for (const std::string& name : *names) {
      const bool extra = std::any_of(std::begin(kExtras), std::end(kExtras),
                                     [&](const char* end) { return name.ends_with(end); });
      if (name.front() != '.' && !extra && tree_.is_file(directory + "/" + name))
        add(directory + "/" + name, {}, place);
    }
  }

  // Lines "FILE [options] [names...]".
  void read_list(const std::string& value, const std::string& place) {
    if (value.find('$') != std::string::npos) {
      return out_.skip(kSelf, place, "'" + printable(value) + "' stands behind a variable");
    }
    const std::string file = path_below("/", value);
    const std::optional<std::string> text = includes_.enter(file);
    if (!text) return;
    int number = 0;
    for (const std::string_view line : split(*text, '\n')) {
      ++number;
      std::vector<std::string> words = words_of(line);
      if (words.empty()) continue;
      const std::string path = words.front();
      std::vector<std::string> hosts;
      bool in_options = false;
      for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i].empty()) continue;
        if (words[i].front() == '[') in_options = true;
        if (!in_options && words[i].front() != '!') add_host(hosts, words[i]);
        if (words[i].back() == ']') in_options = false;
      }
      read_crt(path, hosts, line_place(file, number));
    }
    includes_.leave();
  }

  void add(const std::string& path, const std::vector<std::string>& hosts, const std::string& place) {
    FoundCredential finding;
    finding.program = kSelf;
    finding.name = section_;
    finding.hosts = hosts;
    finding.place = place;
    finding.certificate_files = {path};
    std::vector<std::string> beside = {path + ".key"};
    const std::size_t dot = path.rfind('.');
    if (path.ends_with(".crt") || (replaces_extension_ && dot != std::string::npos))
      beside.push_back(path.substr(0, dot) + ".key");
    for (const std::string& key : beside) {
      if (finding.key_file.empty() && tree_.is_file(key)) finding.key_file = key;
    }
    if (tree_.is_file(path + ".issuer")) finding.chain_file = path + ".issuer";
    out_.add(std::move(finding));
  }

  SourceTree& tree_;
  Findings out_;
  Includes includes_;
  std::string section_ = "haproxy", base_;
  bool replaces_extension_ = false;
};

}  // namespace

Findings scan_haproxy(SourceTree& tree, const ScanOptions& options) {
  std::vector<std::string> files = main_files(tree, options, {"/etc/haproxy/haproxy.cfg"}, "haproxy.cfg");
  if (options.at.empty()) {
    const auto more = tree.glob("/etc/haproxy/conf.d/*.cfg");
    if (more) files.insert(files.end(), more->begin(), more->end());
  }
  return HaproxyScan(tree).run(files);
}

}  // namespace certstead

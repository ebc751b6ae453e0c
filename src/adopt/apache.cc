// Apache: virtual hosts with SSLCertificateFile and its kin; sections, Include, Define.
#include <algorithm>
#include <map>

#include "adopt/places.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr Program kSelf = Program::kApache;

// Words of one line, quotes taken off.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] == ' ' || line[at] == '\t' || line[at] == '\r') {
      ++at;
      continue;
    }
    std::string word;
    const char mark = line[at] == '"' || line[at] == '\'' ? line[at] : '\0';
    if (mark != '\0') ++at;
    for (; at < line.size(); ++at) {
      if (mark != '\0' ? line[at] == mark : (line[at] == ' ' || line[at] == '\t' || line[at] == '\r')) break;
      if (mark != '\0' && line[at] == '\\' && at + 1 < line.size() &&
          (line[at + 1] == mark || line[at + 1] == '\\'))
        ++at;
      word.push_back(line[at]);
    }
    if (mark != '\0' && at < line.size()) ++at;
    out.push_back(std::move(word));
  }
  return out;
}

// One line, those after a backslash at the end joined; `line` is the number of its first.
struct LogicalLine {
  std::string text;
  int line = 1;
};
std::vector<LogicalLine> logical_lines(std::string_view text) {
  std::vector<LogicalLine> out;
  int number = 0;
  bool goes_on = false;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!goes_on) out.push_back({"", number});
    goes_on = !line.empty() && line.back() == '\\';
    out.back().text += goes_on ? line.substr(0, line.size() - 1) : line;
  }
  return out;
}

struct Named {
  std::string path, place;
};
struct Host {
  std::vector<Named> certificates, keys;
  std::vector<std::string> names;
  std::string chain_file, place;
};

class ApacheScan {
 public:
  ApacheScan(SourceTree& tree, const std::string& main)
      : tree_(tree), main_(main), root_(directory_of(main)), includes_(kSelf, tree, out_) {
    // RHEL: conf/httpd.conf below the ServerRoot; it says so itself, this is for when it does not.
    if (last_part(root_) == "conf") root_ = directory_of(root_);
  }

  Findings run() {
    if (const auto variables = tree_.text(directory_of(main_) + "/envvars")) read_environment(*variables);
    hosts_.push_back({{}, {}, {}, "", main_});
    read_file(main_);
    for (const Host& host : hosts_) report(host);
    return std::move(out_);
  }

 private:
  // Debian's envvars: "export NAME=value".
  void read_environment(std::string_view text) {
    for (std::string_view line : split(text, '\n')) {
      line = trim(line);
      if (line.compare(0, 7, "export ") == 0) line = line.substr(7);
      const auto one = read_assignment(line);
      if (one && one->value.find('$') == std::string::npos) defined_[one->name] = one->value;
    }
  }

  void read_file(const std::string& file) {
    const std::optional<std::string> text = includes_.enter(file);
    if (!text) return;
    const std::size_t outer = sections_.size();
    for (const LogicalLine& line : logical_lines(*text)) read_line(file, line);
    while (sections_.size() > outer) close_section();
    includes_.leave();
  }

  void read_line(const std::string& file, const LogicalLine& line) {
    const std::string_view text = trim(line.text);
    if (text.empty() || text.front() == '#') return;
    if (text.compare(0, 2, "</") == 0) {
      if (!sections_.empty()) close_section();
    } else if (text.front() == '<') {
      open_section(text, line_place(file, line.line));
    } else if (is_active()) {
      std::vector<std::string> words = words_of(text);
      for (std::string& word : words) word = with_variables(word);
      read_directive(words, line_place(file, line.line));
    }
  }

  struct Section {
    bool active = true;
    bool host = false;
  };
  bool is_active() const { return sections_.empty() || sections_.back().active; }

  void open_section(std::string_view text, const std::string& place) {
    if (sections_.size() >= 1000) return;
    text.remove_prefix(1);
    if (!text.empty() && text.back() == '>') text.remove_suffix(1);
    const std::vector<std::string> words = words_of(text);
    const std::string name = words.empty() ? "" : lower_ascii(words.front());
    const std::string argument = words.size() > 1 ? words[1] : "";
    Section section;
    section.active = is_active() && holds(name, argument);
    section.host = section.active && name == "virtualhost";
    if (section.host) {
      current_ = hosts_.size();
      hosts_.push_back({{}, {}, {}, "", place});
    }
    sections_.push_back(section);
  }

  void close_section() {
    if (sections_.back().host) current_ = 0;
    sections_.pop_back();
  }

  // Modules are taken as loaded: who removes one leaves no TLS behind that is of use.
  bool holds(const std::string& name, const std::string& argument) {
    const bool negated = !argument.empty() && argument.front() == '!';
    if (name == "ifmodule") return !negated;
    if (name == "ifdefine") return negated != defined_.contains(argument.substr(negated ? 1 : 0));
    if (name == "iffile")
      return tree_.kind(path_below(root_, with_variables(argument))) != SourceTree::Kind::kNothing;
    return name != "macro";
  }

  void read_directive(const std::vector<std::string>& words, const std::string& place) {
    if (words.size() < 2) return;
    const std::string name = lower_ascii(words.front());
    Host& host = hosts_[current_];
    if (name == "serverroot") root_ = words[1];
    if (name == "define") defined_[words[1]] = words.size() > 2 ? words[2] : "";
    if (name == "undefine") defined_.erase(words[1]);
    if (name == "servername") add_host(host.names, without_port(words[1]));
    if (name == "serveralias") {
      for (std::size_t i = 1; i < words.size(); ++i) add_host(host.names, words[i]);
    }
    if (name == "sslcertificatefile") host.certificates.push_back({words[1], place});
    if (name == "sslcertificatekeyfile") host.keys.push_back({words[1], place});
    if (name == "sslcertificatechainfile") host.chain_file = words[1];
    if (name == "mdomain" || name == "mdomainset") {
      out_.skip(kSelf, place,
                "mod_md keeps the certificate of " + printable(words[1], 100) +
                    " itself; export it from its store");
    }
    if (name == "include" || name == "includeoptional") include(words[1], place, name == "include");
  }

  void include(const std::string& what, const std::string& place, bool required) {
    for (const std::string& file : includes_.files(path_below(root_, what), place, required)) {
      if (!tree_.is_directory(file)) {
        read_file(file);
        continue;
      }
      for (const std::string& inner : includes_.files(file + "/*", place, false)) {
        if (tree_.is_file(inner)) read_file(inner);
      }
    }
  }

  // "https://www.example.test:443" -> "www.example.test"
  static std::string without_port(std::string name) {
    const std::size_t scheme = name.find("://");
    if (scheme != std::string::npos) name.erase(0, scheme + 3);
    const std::size_t colon = name.rfind(':');
    return colon == std::string::npos || name.find(']', colon) != std::string::npos ? name
                                                                                    : name.substr(0, colon);
  }

  // ${NAME} replaced where it is defined, once: values are not looked at again.
  std::string with_variables(std::string_view word) const {
    std::string out;
    while (!word.empty() && out.size() < 65536) {
      const std::size_t start = word.find("${");
      const std::size_t end = start == std::string_view::npos ? start : word.find('}', start);
      if (end == std::string_view::npos) break;
      const auto value = defined_.find(std::string(word.substr(start + 2, end - start - 2)));
      out += word.substr(0, start);
      out += value == defined_.end() ? word.substr(start, end - start + 1) : std::string_view(value->second);
      word.remove_prefix(end + 1);
    }
    return out + std::string(word);
  }

  void report(const Host& host) {
    for (std::size_t i = 0; i < host.certificates.size(); ++i) {
      const auto& [path, place] = host.certificates[i];
      const std::string key = i < host.keys.size() ? host.keys[i].path : "";
      if ((path + key + host.chain_file).find('$') != std::string::npos) {
        out_.skip(kSelf, place,
                  "'" + printable(path) + "' or its key stands behind a variable that is not defined here");
        continue;
      }
      FoundCredential finding;
      finding.program = kSelf;
      finding.name = host.names.empty() ? "host at " + host.place : host.names.front();
      finding.hosts = host.names;
      finding.place = place;
      finding.certificate_files = {path_below(root_, path)};
      if (!key.empty()) finding.key_file = path_below(root_, key);
      if (!host.chain_file.empty()) finding.chain_file = path_below(root_, host.chain_file);
      out_.add(std::move(finding));
    }
  }

  SourceTree& tree_;
  std::string main_, root_;
  Findings out_;
  Includes includes_;
  std::map<std::string, std::string> defined_;
  std::vector<Section> sections_;
  std::vector<Host> hosts_;  // the first is the server itself
  std::size_t current_ = 0;
};

}  // namespace

Findings scan_apache(SourceTree& tree, const ScanOptions& options) {
  Findings out;
  for (const std::string& main : main_files(
           tree, options,
           {"/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf", "/usr/local/apache2/conf/httpd.conf"},
           "apache2.conf")) {
    out.append(ApacheScan(tree, main).run());
  }
  return out;
}

}  // namespace certstead

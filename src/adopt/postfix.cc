// Postfix: the TLS parameters of main.cf, and the tables of tls_server_sni_maps.
#include <map>

#include "adopt/places.h"
#include "base/text.h"
#include "crypto/pem.h"

namespace certstead {
namespace {

constexpr Program kSelf = Program::kPostfix;
constexpr int kDeepestVariable = 8;
constexpr std::size_t kLongestValue = 65536;

struct Setting {
  std::string value;
  int line = 0;
};
using Settings = std::map<std::string, Setting>;

// "name = value"; lines that begin with a blank go on; comments may stand between.
Settings read_main(std::string_view text) {
  Settings out;
  Setting* last = nullptr;
  int number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    const std::string_view bare = trim(line);
    if (bare.empty() || bare.front() == '#') continue;
    if (line.front() == ' ' || line.front() == '\t') {
      if (last != nullptr && last->value.size() < kLongestValue) last->value += " " + std::string(bare);
      continue;
    }
    const std::size_t equals = bare.find('=');
    if (equals == std::string_view::npos) continue;
    Setting& setting = out[std::string(trim(bare.substr(0, equals)))];
    setting = {std::string(trim(bare.substr(equals + 1))), number};
    last = &setting;
  }
  return out;
}

std::vector<std::string> list_of(std::string_view value) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t end = std::min(value.find_first_of(", \t\r\n", at), value.size());
    if (end > at) out.emplace_back(value.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

class PostfixScan {
 public:
  PostfixScan(SourceTree& tree, const std::string& main) : tree_(tree), main_(main) {}

  Findings run() {
    const auto text = tree_.text(main_);
    if (!text) {
      out_.skip(kSelf, main_, text.error().detail);
      return std::move(out_);
    }
    settings_ = read_main(*text);
    add_host(hosts_, value("myhostname"));
    read_chain_files();
    // Where chain files are given, Postfix does not look at the older parameters.
    if (value("smtpd_tls_chain_files").empty()) {
      read_pair("smtpd_tls_cert_file", "smtpd_tls_key_file");
      read_pair("smtpd_tls_eccert_file", "smtpd_tls_eckey_file");
      read_pair("smtpd_tls_dcert_file", "smtpd_tls_dkey_file");
    }
    for (const std::string& table : list_of(value("tls_server_sni_maps"))) read_table(table);
    note_overrides();
    return std::move(out_);
  }

 private:
  std::string value(const std::string& name) const {
    const auto found = settings_.find(name);
    return found == settings_.end() ? "" : std::string(trim(expanded(found->second.value, 0)));
  }

  // $name, ${name}, $(name), ${name?text}, ${name:text}.
  std::string expanded(std::string_view text, int depth) const {
    std::string out;
    for (std::size_t at = 0; at < text.size() && out.size() < kLongestValue;) {
      if (text[at] != '$' || at + 1 == text.size() || depth == kDeepestVariable) {
        out.push_back(text[at++]);
        continue;
      }
      const char open = text[++at];
      if (open == '$') {
        out.push_back(open);
        ++at;
      } else if (open == '{' || open == '(') {
        const std::size_t close = std::min(text.find(open == '{' ? '}' : ')', at), text.size());
        out += chosen(text.substr(at + 1, close - at - 1), depth);
        at = std::min(close + 1, text.size());
      } else {
        std::size_t end = at;
        while (end < text.size() &&
               (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_'))
          ++end;
        out += chosen(text.substr(at, end - at), depth);
        at = end;
      }
    }
    if (out.size() > kLongestValue) out.resize(kLongestValue);
    return out;
  }

  std::string chosen(std::string_view inner, int depth) const {
    const std::size_t mark = inner.find_first_of("?:");
    const auto found = settings_.find(std::string(trim(inner.substr(0, mark))));
    const bool has_value = found != settings_.end() && !found->second.value.empty();
    if (mark == std::string_view::npos) return has_value ? expanded(found->second.value, depth + 1) : "";
    return has_value == (inner[mark] == '?') ? expanded(inner.substr(mark + 1), depth + 1) : "";
  }

  std::string place(const std::string& name) const {
    const auto found = settings_.find(name);
    return found == settings_.end() ? main_ : line_place(main_, found->second.line);
  }

  FoundCredential finding_at(std::string where, std::vector<std::string> hosts) const {
    FoundCredential finding;
    finding.program = kSelf;
    finding.name = hosts.empty() ? last_part(directory_of(main_)) : hosts.front();
    finding.hosts = std::move(hosts);
    finding.place = std::move(where);
    return finding;
  }

  void read_pair(const std::string& certificate_name, const std::string& key_name) {
    const std::string certificate = value(certificate_name);
    if (certificate.empty() || certificate == "none") return;
    FoundCredential finding = finding_at(place(certificate_name), hosts_);
    finding.certificate_files = {path_below(directory_of(main_), certificate)};
    const std::string key = value(key_name);
    if (!key.empty() && key != certificate) finding.key_file = path_below(directory_of(main_), key);
    out_.add(std::move(finding));
  }

  void read_chain_files() {
    add_chain(list_of(value("smtpd_tls_chain_files")), place("smtpd_tls_chain_files"), hosts_);
  }

  // Each file that holds a key begins a new certificate; files behind it belong to it until the next key.
  void add_chain(const std::vector<std::string>& files, const std::string& where,
                 const std::vector<std::string>& hosts) {
    std::vector<FoundCredential> chains;
    for (const std::string& name : files) {
      const std::string file = path_below(directory_of(main_), name);
      const auto bytes = tree_.read(file);
      if (!bytes) {
        out_.skip(kSelf, where, bytes.error().detail);
        continue;
      }
      const std::string_view text = view_text(bytes->reveal());
      const bool has_key = holds_private_key(text);
      if (has_key || chains.empty()) chains.push_back(finding_at(where, hosts));
      FoundCredential& finding = chains.back();
      const bool has_certificate = text.find("BEGIN CERTIFICATE") != std::string_view::npos;
      if (has_key && !has_certificate) finding.key_file = file;
      if (has_certificate) finding.certificate_files.push_back(file);
    }
    for (FoundCredential& finding : chains) {
      if (finding.certificate_files.empty()) finding.problem = "there is a key without a certificate";
      out_.add(std::move(finding));
    }
  }

  // "TYPE:PATH"; the source of an indexed table stands beside it under PATH.
  void read_table(const std::string& table) {
    const std::string where = place("tls_server_sni_maps");
    const std::size_t colon = table.find(':');
    const std::string type = table.substr(0, colon);
    const bool has_source = type == "hash" || type == "btree" || type == "lmdb" || type == "cdb" ||
                            type == "dbm" || type == "texthash";
    if (colon == std::string::npos || !has_source) {
      return out_.skip(kSelf, where,
                       "tables of the type " + printable(type, 40) + " have no source that can be read");
    }
    const std::string file = path_below(directory_of(main_), table.substr(colon + 1));
    const auto text = tree_.text(file);
    if (!text) return out_.skip(kSelf, where, text.error().detail);
    int number = 0;
    for (const std::string_view line : split(*text, '\n')) {
      ++number;
      std::vector<std::string> words = list_of(line);
      if (words.size() < 2 || words.front().front() == '#' || line.front() == ' ') continue;
      std::vector<std::string> hosts;
      add_host(hosts, words.front());
      add_chain({words.begin() + 1, words.end()}, line_place(file, number), hosts);
    }
  }

  void note_overrides() {
    const std::string master = directory_of(main_) + "/master.cf";
    const auto text = tree_.text(master);
    if (!text) return;
    int number = 0;
    for (const std::string_view line : split(*text, '\n')) {
      ++number;
      if (trim(line).empty() || trim(line).front() == '#') continue;
      for (const char* name : {"smtpd_tls_cert_file=", "smtpd_tls_eccert_file=", "smtpd_tls_chain_files="}) {
        if (line.find(name) != std::string_view::npos)
          out_.skip(kSelf, line_place(master, number),
                    "certificates set for one service are not read; import its files by name");
      }
    }
  }

  SourceTree& tree_;
  std::string main_;
  Settings settings_;
  std::vector<std::string> hosts_;
  Findings out_;
};

}  // namespace

Findings scan_postfix(SourceTree& tree, const ScanOptions& options) {
  std::vector<std::string> usual = {"/etc/postfix/main.cf"};
  const auto more = tree.glob("/etc/postfix-*/main.cf");
  if (more) usual.insert(usual.end(), more->begin(), more->end());
  Findings out;
  for (const std::string& main : main_files(tree, options, std::move(usual), "main.cf"))
    out.append(PostfixScan(tree, main).run());
  return out;
}

}  // namespace certstead

// nginx: servers of http, stream and mail, with what they inherit.
#include <deque>

#include "adopt/nginx_syntax.h"
#include "adopt/places.h"
#include "base/text.h"

namespace certstead {
namespace {

constexpr Program kSelf = Program::kNginx;

struct Named {
  std::string path, place;
};

// What one level says; servers inherit what they don't say themselves.
struct Level {
  std::vector<Named> certificates, keys;
  std::vector<std::string> names;
  std::string password_file, place;
};

class NginxScan {
 public:
  NginxScan(SourceTree& tree, const std::string& main)
      : main_(main), prefix_(directory_of(main)), includes_(kSelf, tree, out_) {}

  Findings run() {
    Level top;
    std::deque<Level> servers;
    read_file(main_, top, servers);
    return std::move(out_);
  }

 private:
  void read_file(const std::string& file, Level& level, std::deque<Level>& servers) {
    const std::optional<std::string> text = includes_.enter(file);
    if (!text) return;
    walk(parse_nginx(*text), file, level, servers);
    includes_.leave();
  }

  void walk(const std::vector<NginxDirective>& list, const std::string& file, Level& level,
            std::deque<Level>& servers) {
    for (const NginxDirective& directive : list) {
      const std::string& word = directive.words.front();
      if (word == "http" || word == "stream" || word == "mail") {
        walk_context(directive, file);
      } else if (word == "server" && !directive.inside.empty()) {
        servers.emplace_back().place = line_place(file, directive.line);
        walk(directive.inside, file, servers.back(), servers);
      } else if (word == "include" && directive.words.size() > 1) {
        const std::string pattern = path_below(prefix_, directive.words[1]);
        for (const std::string& one : includes_.files(pattern, line_place(file, directive.line), true))
          read_file(one, level, servers);
      } else if (directive.inside.empty()) {
        read_setting(directive, file, level);
      }
    }
  }

  // Inheritance is settled at the end of the context: what servers inherit may stand behind them.
  void walk_context(const NginxDirective& context, const std::string& file) {
    Level level;
    std::deque<Level> servers;
    walk(context.inside, file, level, servers);
    for (Level& server : servers) {
      if (server.certificates.empty()) server.certificates = level.certificates;
      if (server.keys.empty()) server.keys = level.keys;
      if (server.password_file.empty()) server.password_file = level.password_file;
      report(server);
    }
  }

  void read_setting(const NginxDirective& directive, const std::string& file, Level& level) {
    const std::string& word = directive.words.front();
    if (directive.words.size() < 2) return;
    const std::string place = line_place(file, directive.line);
    const std::string& value = directive.words[1];
    if (word == "ssl_certificate") level.certificates.push_back({value, place});
    if (word == "ssl_certificate_key") level.keys.push_back({value, place});
    if (word == "ssl_password_file") level.password_file = path_below(prefix_, value);
    if (word == "server_name") {
      for (std::size_t i = 1; i < directive.words.size(); ++i) add_host(level.names, directive.words[i]);
    }
  }

  void report(const Level& server) {
    for (std::size_t i = 0; i < server.certificates.size(); ++i) {
      const auto& [path, place] = server.certificates[i];
      FoundCredential finding;
      finding.program = kSelf;
      finding.name = server.names.empty() ? "server at " + server.place : server.names.front();
      finding.hosts = server.names;
      finding.place = place;
      finding.password_file = server.password_file;
      const std::string key = i < server.keys.size() ? server.keys[i].path : "";
      if (is_made_while_running(path) || is_made_while_running(key)) {
        out_.skip(kSelf, place,
                  "'" + printable(path) + "' is chosen while nginx runs (variable, data or engine)");
        continue;
      }
      finding.certificate_files = {path_below(prefix_, path)};
      if (!key.empty()) finding.key_file = path_below(prefix_, key);
      if (key.empty()) finding.problem = "there is no ssl_certificate_key for it";
      out_.add(std::move(finding));
    }
  }

  static bool is_made_while_running(std::string_view path) {
    return path.find('$') != std::string_view::npos || path.compare(0, 5, "data:") == 0 ||
           path.compare(0, 7, "engine:") == 0 || path.compare(0, 6, "store:") == 0;
  }

  std::string main_, prefix_;
  Findings out_;
  Includes includes_;
};

}  // namespace

Findings scan_nginx(SourceTree& tree, const ScanOptions& options) {
  Findings out;
  for (const std::string& main : main_files(
           tree, options,
           {"/etc/nginx/nginx.conf", "/usr/local/nginx/conf/nginx.conf", "/usr/local/etc/nginx/nginx.conf"},
           "nginx.conf")) {
    out.append(NginxScan(tree, main).run());
  }
  return out;
}

}  // namespace certstead

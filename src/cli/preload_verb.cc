// `certstead preload`: runs an unmodified server program in front of a view.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/program.h"
#include "base/text.h"
#include "cli/verbs.h"

namespace certstead {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLibrary = "libtlscache-preload.so";

struct PreloadOptions {
  std::string view, library, protocol, on_unknown, tag, log;
  std::string views = "/var/lib/certstead-views";
  std::vector<std::string> command;
};

// "nginx" of "/usr/sbin/nginx", or of the view's own name; with a slash it is a directory.
fs::path view_directory(const PreloadOptions& options) {
  const std::string name =
      options.view.empty() ? fs::path(options.command.front()).filename().string() : options.view;
  return name.find('/') == std::string::npos ? fs::path(options.views) / name : fs::absolute(name);
}

// What the library would say in a log is said here, where somebody looks.
Status check_view(const fs::path& directory) {
  if (::access((directory / "view-1.mdb").c_str(), R_OK) == 0 &&
      ::access((directory / "view.key").c_str(), R_OK) == 0) {
    return Done{};
  }
  const std::string where = printable(directory.string());
  if (errno == EACCES) {
    return denied(
        "this user may not open the view in " + where +
            "; start the program as root (it drops its rights by itself), or name its group with the view: "
            "NAME=DIR:GROUP",
        "view-denied");
  }
  return not_found("there is no view in " + where + "; let the manager of this host fill one: view = [\"" +
                       printable(directory.filename().string()) + "=" + where + "\"] under [manager] in " +
                       kDefaultConfig,
                   "view-absent");
}

// Beside this program, as in a build tree, or where the package puts it.
Result<std::string> find_library(const std::string& wanted) {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  const std::vector<fs::path> places =
      wanted.empty() ? std::vector<fs::path>{program.parent_path().parent_path() / "lib" / kLibrary,
                                             fs::path("/usr/lib/certstead") / kLibrary}
                     : std::vector<fs::path>{fs::absolute(wanted)};
  for (const fs::path& place : places) {
    if (::access(place.c_str(), R_OK) == 0) return place.string();
  }
  return not_found("there is no " + printable(places.back().string()) +
                       "; install the package libtlscache-preload, or name the file with --library",
                   "library");
}

void set(const char* name, const std::string& value) {
  if (!value.empty()) ::setenv(name, value.c_str(), 1);
}

// Only returns if the program can't be started.
Error run_instead(const std::vector<std::string>& words) {
  const std::vector<char*> arguments = exec_words(words);
  ::execvp(arguments[0], arguments.data());
  return unavailable("cannot run " + printable(words.front()) + ": " + std::strerror(errno), "command");
}

Result<int> run_preloaded(const PreloadOptions& options) {
  const fs::path directory = view_directory(options);
  TRY(const std::string library, find_library(options.library));
  CHECK_OK(check_view(directory));
  const char* const others = std::getenv("LD_PRELOAD");
  set("LD_PRELOAD", others == nullptr || *others == '\0' ? library : library + ":" + others);
  set("TLSCACHE_VIEW", directory.string());
  set("TLSCACHE_PROTOCOL", options.protocol);
  set("TLSCACHE_ON_UNKNOWN", options.on_unknown);
  set("TLSCACHE_TAG", options.tag);
  set("TLSCACHE_LOG", options.log);
  return run_instead(options.command);
}

}  // namespace

Verb preload_verb() {
  auto options = std::make_shared<PreloadOptions>();
  Verb verb{.name = "preload",
            .summary = "Run an unmodified OpenSSL server so that it serves from a view",
            .example = "certstead preload --view nginx -- nginx -g 'daemon off;'"};
  verb.text("--view", "NAME|DIR", "The view; default: the program's name", options->view).file();
  verb.text("--views", "DIR", "Where views lie that are named; default: " + options->views, options->views)
      .file();
  verb.text("--on-unknown", "WHAT", "What names get that the view does not have; default: own",
            options->on_unknown)
      .one_of({"own", "default", "refuse"});
  verb.text("--tag", "TAG", "For clients that send no name: a tag or a host name", options->tag);
  verb.text("--protocol", "NAME", "http, smtp, imap, ...; default: by the program's name", options->protocol);
  verb.text("--log", "FILE|syslog", "Where trouble with the view is written; default: nowhere", options->log)
      .file();
  verb.text("--library", "FILE", "Another libtlscache-preload.so", options->library).file();
  verb.command(options->command);
  verb.run = [options](Session&) { return run_preloaded(*options); };
  return verb;
}

}  // namespace certstead

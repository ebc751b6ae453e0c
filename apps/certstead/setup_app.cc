#include "setup_app.h"

#include <grp.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <tuple>

#include "base/file.h"
#include "base/text.h"
#include "cli/config.h"
#include "fleet_setup.h"
#include "service.h"
#include "store/sqlite_store.h"

extern char** environ;

namespace certstead {
namespace {

struct Owner {
  uid_t user = 0;
  gid_t group = 0;
};

Result<Owner> find_user(const std::string& name) {
  const passwd* found = getpwnam(name.c_str());  // NOLINT(concurrency-mt-unsafe): one thread
  if (found == nullptr)
    return not_found("there is no user \"" + printable(name, 40) + "\" on this host", "user");
  return Owner{found->pw_uid, found->pw_gid};
}

Status make_user(const std::string& name) {
  const std::string program = "/usr/sbin/useradd";
  if (::access(program.c_str(), X_OK) != 0)
    return unavailable(
        "the user \"" + name + "\" can't be made: " + program + " is absent; make the user yourself", "user");
  std::vector<std::string> words = {
      program,   "--system",          "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
      "--shell", "/usr/sbin/nologin", "--comment",    "Certstead",        name};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = -1;
  int status = -1;
  const bool ran = ::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ) == 0 &&
                   ::waitpid(child, &status, 0) == child;
  if (ran && WIFEXITED(status) && WEXITSTATUS(status) == 0) return Done{};
  return unavailable("useradd could not make the user \"" + printable(name, 40) + "\"; its words stand above",
                     "user");
}

// Whom everything belongs to: as root the service's user, else whoever calls.
Result<Owner> owner_for(const std::string& name) {
  if (::geteuid() != 0) return Owner{::geteuid(), ::getegid()};
  auto found = find_user(name);
  if (found) return found;
  CHECK_OK(make_user(name));
  return find_user(name);
}

Status make_owned(const std::filesystem::path& path, const Owner& owner, mode_t mode) {
  const bool fresh = ::access(path.c_str(), F_OK) != 0;
  if (path.has_parent_path()) CHECK_OK(make_directories(path.parent_path(), 0755));
  CHECK_OK(make_directories(path, mode));
  if (!fresh) return Done{};
  const bool owned = ::geteuid() != 0 || ::chown(path.c_str(), owner.user, owner.group) == 0;
  if (owned && ::chmod(path.c_str(), mode) == 0) return Done{};
  return unavailable("cannot set owner and mode of " + path.string() + ": " + std::strerror(errno),
                     "file-error");
}

// A TOML string.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string config_text(const SetupOptions& options) {
  return "# Certstead. certstead.toml(5) names every setting.\n"
         "socket = " +
         quoted(options.socket) + "\n\n[manager]\ndata = " + quoted(options.data) +
         "\nidentity = " + quoted(options.identity) +
         "\n\n[gateway]\nview = " + quoted(options.data + "/views/gateway") + "\n";
}

// Whether a file that is there says what is wanted; what it leaves out has its default.
Status check_config(const SetupOptions& options) {
  TRY(const std::string text, read_text_file(options.config));
  TRY(const auto entries, parse_config(text, options.config));
  const SetupOptions defaults;
  const std::tuple<const char*, std::string, std::string> wanted[] = {
      {"socket", options.socket, kDefaultSocket},
      {"manager.data", options.data, defaults.data},
      {"manager.identity", options.identity, defaults.identity}};
  for (const auto& [key, value, standard] : wanted) {
    std::string there = standard;
    for (const ConfigEntry& entry : entries) {
      if (entry.key == key && entry.values.size() == 1) there = entry.values.front();
    }
    if (there == value) continue;
    return conflict(options.config + " is there already, and for it " + key + " is " + printable(there) +
                        ", not " + printable(value) + "; change it there, or name another file with --config",
                    "config-differs");
  }
  return Done{};
}

// Yields what happened to the file.
Result<std::string> write_config(const SetupOptions& options) {
  if (::access(options.config.c_str(), F_OK) == 0) {
    CHECK_OK(check_config(options));
    return std::string("kept as it is");
  }
  const std::filesystem::path directory = std::filesystem::path(options.config).parent_path();
  if (!directory.empty()) CHECK_OK(make_directories(directory, 0755));
  CHECK_OK(write_file_atomic(options.config, view_bytes(config_text(options)), 0644));
  return std::string("written");
}

// As the service's user, so that every file is its own from the start.
Result<std::string> make_identity_files(const SetupOptions& options, const Owner& owner) {
  const bool root = ::geteuid() == 0;
  if (root && (::setegid(owner.group) != 0 || ::seteuid(owner.user) != 0))
    return denied("cannot work as the user of the service: " + std::string(std::strerror(errno)), "user");
  const auto made = [&]() -> Result<std::string> {
    NullLog log;
    const SystemClock clock;
    auto store = open_sqlite_store(options.data, clock, log);
    // A manager that runs has its identity.
    if (!store && store.error().id == "store-in-use") return "kept as it is (the manager runs)";
    if (!store) return store.error();
    TRY(const auto keys, (*store)->settings().store_keys());
    TRY(const Fleet fleet, open_fleet(options.identity, **store, clock, log));
    return keys.empty() ? std::string("made") : std::string("kept as it is");
  }();
  if (root && (::seteuid(0) != 0 || ::setegid(0) != 0)) std::abort();
  return made;
}

}  // namespace

Result<LocalAnswer> set_up(const SetupOptions& options) {
  umask(022);
  TRY(const std::string config, write_config(options));
  TRY(const Owner owner, owner_for(options.user));
  CHECK_OK(make_owned(options.data, owner, 0700));
  CHECK_OK(make_owned(options.identity, owner, 0700));
  const std::filesystem::path run = std::filesystem::path(options.socket).parent_path();
  if (!run.empty()) CHECK_OK(make_owned(run, owner, 0755));
  TRY(const std::string identity, make_identity_files(options, owner));
  LocalAnswer out;
  out.heads = {"WHAT", "WHERE", "STATE"};
  out.rows = {{"configuration", options.config, config},
              {"identity", options.identity, identity},
              {"store", options.data, "there"}};
  return out;
}

}  // namespace certstead

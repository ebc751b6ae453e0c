#include "service.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/file.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "log/fd_log.h"

namespace certstead {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

int run_server(std::string_view server, const LogOptions& options,
               const std::function<Status(LogSink&)>& serve) {
  const Status allowed = refuse_root(server);
  if (!allowed) {
    std::fprintf(stderr, "certstead: %s\n", allowed.error().detail.c_str());
    return kExitFailed;
  }
  prepare_process();
  const SystemClock clock;
  FdLog log(STDERR_FILENO, options.format, options.level, clock);
  const Status ended = serve(log);
  if (ended) return kExitOk;
  log.error(std::string(server) + ".failed", {{"error", ended.error().detail}});
  return kExitFailed;
}

Status refuse_root(std::string_view server) {
  if (geteuid() != 0) return Done{};
  return denied("the " + std::string(server) +
                    " does not run as root; start it as an ordinary user (ports below 1024 by "
                    "CAP_NET_BIND_SERVICE or a "
                    "systemd socket), for instance with: setpriv --reuid=USER --regid=GROUP --clear-groups",
                "root");
}

Result<gid_t> group_id(const std::string& text) {
  const auto number = parse_number(text);
  if (number && *number < static_cast<gid_t>(-1)) return static_cast<gid_t>(*number);
  const group* found = getgrnam(text.c_str());  // NOLINT(concurrency-mt-unsafe): before the first thread
  if (found == nullptr)
    return invalid("there is no group \"" + printable(text, 40) + "\" on this host", "group-unknown");
  return found->gr_gid;
}

void prepare_process() {
  umask(077);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
  signal(SIGPIPE, SIG_IGN);
  const sigset_t held = stop_signals();
  pthread_sigmask(SIG_BLOCK, &held, nullptr);
}

void wait_for_stop() {
  const sigset_t awaited = stop_signals();
  int received = 0;
  while (sigwait(&awaited, &received) != 0) {
  }
}

void notify_systemd(std::string_view state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || (path[0] != '/' && path[0] != '@')) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t length = std::strlen(path);
  if (length >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path, length);
  if (path[0] == '@') address.sun_path[0] = '\0';
  const Fd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return;
  // Nobody can be told that this failed; systemd's own time-out speaks then.
  static_cast<void>(sendto(fd.get(), state.data(), state.size(), MSG_NOSIGNAL,
                           reinterpret_cast<sockaddr*>(&address),
                           static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length)));
}

}  // namespace certstead

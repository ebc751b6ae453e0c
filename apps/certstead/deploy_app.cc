#include "deploy_app.h"

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "cli/deploy_telling.h"
#include "deploy/watch.h"
#include "service.h"

namespace certstead {
namespace {

// True as soon as this process is told to stop, false after `span`.
bool stopped_within(Duration span) {
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGTERM);
  sigaddset(&awaited, SIGINT);
  const timespec limit{static_cast<time_t>(span.count() / 1000),
                       static_cast<long>(span.count() % 1000) * 1'000'000};
  const int received = ::sigtimedwait(&awaited, nullptr, &limit);
  return received == SIGTERM || received == SIGINT;
}

void run(const DeployWatchOptions& options, LogSink& log) {
  const SystemClock clock;
  const DeployHost host({options.directory, options.view, options.state}, clock, log);
  DeployLoopOptions watching;
  watching.prove = std::chrono::seconds(options.prove_seconds);
  watching.prove_red = std::min(watching.prove_red, watching.prove);
  ApiClient api(connect_to_manager, options.socket);
  DeployWatch watch(
      host, watching, [&](const DeploymentReport& report) { return send_report(api, report); }, clock, log);
  log.info("deploy.ready", {{"directory", options.directory}, {"view", options.view}});
  notify_systemd("READY=1");
  do {
    watch.look();
  } while (!stopped_within(watching.look));
  notify_systemd("STOPPING=1");
}

}  // namespace

int run_deploy_watch(const DeployWatchOptions& options) {
  prepare_process();
  // Hooks get what commands are used to; our own files get their modes by themselves.
  ::umask(022);
  const SystemClock clock;
  FdLog log(STDERR_FILENO, options.log.format, options.log.level, clock);
  run(options, log);
  return kExitOk;
}

}  // namespace certstead

// What every server of ours does as a process: refuses root, waits for its signal, tells systemd.
#pragma once

#include <functional>

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/log_sink.h"
#include "base/result.h"
#include "cli/server_options.h"

namespace certstead {

// Runs `serve` as this process's one job: refuses root, prepares the process, logs to standard error, and
// turns what comes back into an exit code. `server` is its name in logs ("manager").
int run_server(std::string_view server, const LogOptions& options,
               const std::function<Status(LogSink&)>& serve);

// kDenied if this process runs as root: servers parse outside bytes, and root gains them nothing.
Status refuse_root(std::string_view server);

// The id of a group given by name or number. kInvalid if there is none of that name.
Result<gid_t> group_id(const std::string& text);

// umask 077, no core files, not traceable by others, SIGPIPE ignored, SIGTERM and SIGINT held back in this
// and every later thread until wait_for_stop(). Call it before the first thread is made.
void prepare_process();

// Blocks until SIGTERM or SIGINT.
void wait_for_stop();

// sd_notify(3): sends `state` ("READY=1", "STOPPING=1") to the socket that systemd names, if it does.
void notify_systemd(std::string_view state);

}  // namespace certstead

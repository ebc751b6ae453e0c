// A command of the administrator's, run without a shell.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace certstead {

using Variables = std::vector<std::pair<std::string, std::string>>;

struct HookRun {
  bool ok = false;    // it ended with exit 0 in time
  std::string ended;  // "exit 1", "signal 15", "killed after 60 s"
  std::string
      output;  // the first 8 KiB of what it printed on both streams, as it came; escape before showing
};

// Runs `command` (a program by its full path, or a name that is looked up in kHookPath) with `variables` and
// nothing of our environment but PATH, HOME and LANG, in "/", without standard input, in a process group of
// its own, and waits for its end. After `limit` the whole group is killed. What it leaves behind in the
// background when it ends in time goes on. Blocks. kUnavailable ("hook-start") if it can't be started.
Result<HookRun> run_hook(const std::vector<std::string>& command, const Variables& variables, Duration limit);

inline constexpr const char* kHookPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

}  // namespace certstead

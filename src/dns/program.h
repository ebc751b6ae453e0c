// A program of the administrator's, run for one record.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace certstead {

struct ProgramRun {
  bool ok = false;     // it ended with exit 0 in time
  std::string ended;   // "exit 1", "signal 15", "killed after 60 s"
  std::string output;  // the first 16 KiB of its standard output, as it came
  std::string errors;  // the last line of its standard error, made printable
};

// Runs argv[0], a full path, without a shell: with `environment` and nothing of ours but PATH, HOME and LANG,
// in "/", without standard input, in a session of its own, and waits for its end. At `deadline` it and its
// children are killed. Blocks. kInvalid for a path that is not absolute, kUnavailable if it can't be started.
Result<ProgramRun> run_program(const std::vector<std::string>& argv,
                               const std::vector<std::pair<std::string, std::string>>& environment,
                               Deadline deadline);

}  // namespace certstead

// A program of the administrator's, run without a shell.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace certstead {

using Variables = std::vector<std::pair<std::string, std::string>>;

inline constexpr const char* kProgramPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct ProgramOptions {
  Variables variables = {};
  Duration limit = std::chrono::minutes{1};
  std::size_t most_output = 16384;  // bytes that are kept of each output; the rest is read and dropped
  bool one_stream = false;          // standard error goes where standard output goes
};

struct ProgramRun {
  bool ok = false;     // it ended with exit 0 in time
  std::string ended;   // "exit 1", "signal 15", "killed after 60 s"
  std::string output;  // the beginning of its output, as it came; escape before showing
  std::string errors;  // the last line of its standard error, made printable; empty with `one_stream`
};

// Runs argv[0] (a path, or a name that is looked up in kProgramPath) with the variables and nothing of our
// environment but PATH, HOME and LANG, in "/", without standard input, in a session of its own, and waits for
// its end. After the limit the whole session is killed. What it leaves behind in the background when it ends
// in time goes on. Blocks. Errors: kUnavailable ("program-start") if it can't be started.
Result<ProgramRun> run_program(const std::vector<std::string>& argv, const ProgramOptions& options);

// What execve and its like want: pointers into `words`, which has to live on, and a null at the end.
std::vector<char*> exec_words(const std::vector<std::string>& words);

}  // namespace certstead

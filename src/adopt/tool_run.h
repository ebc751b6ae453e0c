// Runs one tool to its end.
#pragma once

#include "adopt/scan.h"

namespace certstead {

// Runs `words` (a path, then its arguments; no shell) and gives what it printed on standard output, at most 4
// MiB. Its standard input is empty, its errors go nowhere, its environment is PATH and LC_ALL=C alone.
// kUnavailable if it can't be started, ends otherwise than with 0, prints too much, or is still running after
// `limit` (it is killed then). Blocks. A ToolRunner.
Result<SecretBytes> run_tool(const std::vector<std::string>& words, Duration limit);

}  // namespace certstead

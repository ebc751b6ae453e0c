// How the program ends.
#pragma once

namespace certstead {

enum ExitCode : int {
  kExitOk = 0,      // done, or nothing to do
  kExitFailed = 1,  // the thing asked for did not happen
  kExitUsage = 2,   // the command line or the configuration is wrong
  kExitUnreachable = 3,
  kExitRed = 4,           // `health` found something that is red
  kExitNothingToDo = 10,  // only with --detailed-exitcode
};

}  // namespace certstead

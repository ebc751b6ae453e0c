// For tests: the openssl program, as the other side.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <string>

namespace certstead {

struct ProgramResult {
  int exit_code = -1;
  std::string output;  // standard output and standard error
};

// Runs a command line of the shell; its words are the test's own.
inline ProgramResult run_command(const std::string& line) {
  ProgramResult result;
  FILE* const pipe = ::popen((line + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  char part[4096];
  for (std::size_t got = 0; (got = std::fread(part, 1, sizeof part, pipe)) > 0;)
    result.output.append(part, got);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

}  // namespace certstead

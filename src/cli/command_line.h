// Reads a command line by the verbs that there are.
#pragma once

#include <map>
#include <variant>

#include "cli/verb.h"

namespace certstead {

// A verb to run, with what was given for its flags (in the order of the command line).
struct Chosen {
  const Verb* verb = nullptr;
  std::vector<std::string> path;  // {"issuer", "add"}
  std::map<const Flag*, std::vector<std::string>> given;
};
// Nothing to run: what to print, and how to end. Help goes to standard output, complaints to standard error.
struct Said {
  std::string out, err;
  int exit_code = 0;
};

// `root` is the program itself. Global flags may stand before the verb or behind it. Pure.
std::variant<Chosen, Said> read_command_line(const Verb& root, int argc, const char* const* argv);

}  // namespace certstead

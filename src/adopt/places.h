// What the scanners have in common. Only for the .cc files of this module.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adopt/scan.h"

namespace certstead {

// Where to look: `options.at` if it is given, else the usual places.
std::vector<std::string> places(const ScanOptions& options, std::vector<std::string> usual);
// The same for a program with one main file: of a directory in `options.at`, its file `name`.
std::vector<std::string> main_files(SourceTree& tree, const ScanOptions& options,
                                    std::vector<std::string> usual, const std::string& name);

// "FILE:LINE"
std::string line_place(const std::string& file, int line);

// Names of hosts out of what a server calls its names: no catch-alls, no expressions; ".x" is "x" and "*.x".
void add_host(std::vector<std::string>& hosts, std::string_view name);

// Cuts loops of includes and bounds them all: 16 deep, 5,000 files in one scan.
class Includes {
 public:
  Includes(Program program, SourceTree& tree, Findings& findings)
      : program_(program), tree_(tree), findings_(findings) {}
  // The files that a pattern names; what can't be read is put among the skipped. With `required`, also that
  // there is none. `place`: who asks.
  std::vector<std::string> files(const std::string& pattern, const std::string& place, bool required);
  // The text of a file that is entered now; nothing if it may not or can't be. leave() ends it.
  std::optional<std::string> enter(const std::string& file);
  void leave() { open_.pop_back(); }

 private:
  Program program_;
  SourceTree& tree_;
  Findings& findings_;
  std::vector<std::string> open_;
  int left_ = 5'000;
};

// "name = value" or "name='value'" of one line, blanks and quotes around the value taken off; nothing if it
// is none.
struct Assignment {
  std::string name, value;
};
std::optional<Assignment> read_assignment(std::string_view line);
// Those of all lines; of two with one name the later one.
using Assignments = std::map<std::string, std::string>;
Assignments read_assignments(std::string_view text);

// Whether a text holds a PEM block of a private key.
bool holds_private_key(std::string_view text);

// The CA directory of a known CA by its host name; "" if unknown.
std::string known_directory(std::string_view host);

}  // namespace certstead

// From findings to what is imported: each certificate once, with every place in which it stands.
#pragma once

#include <optional>

#include "adopt/findings.h"
#include "adopt/source_tree.h"
#include "base/clock.h"

namespace certstead {

struct MaterialFile {
  std::string name;  // its path
  SecretBytes bytes;
};

// One certificate as it is handed to the import.
struct Candidate {
  FoundCredential finding;          // the first that can be used; its renewal facts are the best known
  std::vector<MaterialFile> files;  // certificate, key, chain; each once
  std::vector<SecretBytes> passwords;
  std::string fingerprint;         // of the leaf, as far as it can be seen without a password; else ""
  std::vector<std::string> names;  // of the leaf
  std::optional<Instant> not_after;
  std::string problem;  // not empty: it can't be imported, and why

  struct Place {
    Program program;
    std::string name, place;
  };
  std::vector<Place> places;
};

// Reads the files of every finding and puts together those of one certificate (the same leaf; where none can
// be seen, the same files). A finding whose files can't be read helps nothing, but its place is listed. In
// the order of the findings.
std::vector<Candidate> gather(SourceTree& tree, std::vector<FoundCredential> findings);

// What a person changes at the program of `place` once Certstead renews: one sentence. `finding` is the one
// that was taken.
std::string advice_for(const Candidate::Place& place, const FoundCredential& finding);

}  // namespace certstead

// What other programs keep: certificates with their keys, and how they are renewed there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace certstead {

enum class Program { kCertbot, kLego, kAcmeSh, kNginx, kApache, kHaproxy, kPostfix, kDovecot, kDomino };
inline constexpr Program kAllPrograms[] = {Program::kCertbot, Program::kLego,    Program::kAcmeSh,
                                           Program::kNginx,   Program::kApache,  Program::kHaproxy,
                                           Program::kPostfix, Program::kDovecot, Program::kDomino};

std::string_view program_name(Program program);  // "acme.sh"
// kInvalid, naming the programs that there are.
Result<Program> parse_program(std::string_view name);

// How the program renews it, as far as its files say. Empty: not said.
struct RenewalFacts {
  std::string directory_url;  // of the CA
  std::string email;          // of the account there
  std::string key_type;       // "ecdsa", "rsa 2048", as the program calls it
  std::string challenge;      // how it proves names: "standalone", "webroot", "dns_cf"
  std::vector<std::string> hooks;
};

// One certificate with its key in one place of one program. Paths are those of the source tree.
struct FoundCredential {
  Program program = Program::kCertbot;
  std::string name;                            // what it is called there: lineage, host, frontend
  std::vector<std::string> certificate_files;  // the leaf's first; a file may hold the chain and the key too
  std::string key_file;                        // "" if the key stands in a certificate file
  std::string chain_file;
  std::string password_file;
  std::vector<std::string> hosts;  // that it is served for, as written there; may be empty
  std::string place;               // "FILE:LINE" or a file
  RenewalFacts renewal;
  // PEM that the program's own tool gave out where there are no files to read.
  SecretBytes content;
  std::string problem;  // not empty: it can't be taken from here, and why
};

// Something that was not read, and why.
struct Skipped {
  Program program = Program::kCertbot;
  std::string place, reason;
};

// At most kMost of each; what goes beyond is counted as one more `skipped`.
struct Findings {
  std::vector<FoundCredential> found;
  std::vector<Skipped> skipped;

  static constexpr std::size_t kMost = 20'000;
  void add(FoundCredential finding);
  void skip(Program program, std::string place, std::string reason);
  void append(Findings more);
};

}  // namespace certstead

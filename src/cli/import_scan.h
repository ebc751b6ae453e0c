// certstead import --scan: what other programs keep is found here, imported by the manager.
#pragma once

#include "cli/verb.h"

namespace certstead {

struct ScanFlags {
  std::vector<std::string> programs;  // empty: no scan is wanted
  std::vector<std::string> at;
  std::string root = "/";
  std::string documents, kyrtool;
  // For an account that a take-over needs and that is not there.
  std::string email;
  bool agree_tos = false;
};

// Declares the flags of a scan. `into` must live as long as the verb.
void add_scan_flags(Verb& verb, ScanFlags& into);

// Scans, imports what is found, lets the issuer `take_over` renew it ("auto": for each the issuer whose
// directory its program used; "": nobody), and prints one table of it all. With `dry_run` nothing is changed
// anywhere. kExitFailed if things were found of which none could be taken, or a take-over failed; what is
// there already is as good as imported.
Result<int> run_import_scan(Session& session, const ScanFlags& flags, const std::string& take_over,
                            bool dry_run);

}  // namespace certstead

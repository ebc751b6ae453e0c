// One call of the import for what belongs together.
#pragma once

#include "cli/scan_report.h"

namespace certstead {

struct ScanOrder {
  std::string take_over;  // an issuer, "auto", or "" for nobody
  std::string email;
  bool agree_tos = false;
  bool dry_run = false;
};

// Makes a skipped row "already there" if a set of the same names has a certificate that ends no sooner: what
// lies on the disk has nothing to bring then, as after the manager's first renewal. Leaves it alone if the
// manager can't be asked.
void find_there(Session& session, ScanRow& row);

// Imports candidates that have the same names, as one set with one certificate for each key type. An account
// at the issuer that takes over is made if the order agrees to its terms. Gives a row for each; an error only
// if the manager can't be reached.
Result<std::vector<ScanRow>> import_group(Session& session, std::vector<Candidate> group,
                                          const ScanOrder& order);

}  // namespace certstead

// What came of a scan, and how it looks.
#pragma once

#include <boost/json/value.hpp>

#include "adopt/material.h"
#include "cli/json_view.h"
#include "cli/session.h"

namespace certstead {

struct ScanRow {
  Candidate candidate;
  std::string result;             // "imported", "would be imported", "already there", "skipped"
  std::vector<std::string> sets;  // that hold it now
  std::string why;                // it was skipped, or what is to be known of it
  std::string renewal;            // what a take-over came to; "" if there was none
  bool take_over_failed = false;
};

struct ScanReport {
  std::vector<ScanRow> rows;
  std::vector<Skipped> skipped;
};

// The table, what was not read, and with `advice` what to change at each program.
void print_report(Session& session, const ScanReport& report, bool advice);

}  // namespace certstead

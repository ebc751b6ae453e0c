// Reads what other programs keep. Nothing is changed, and nothing is run but kyrtool.
#pragma once

#include <functional>

#include "adopt/findings.h"
#include "adopt/source_tree.h"
#include "base/clock.h"

namespace certstead {

// What a tool printed, or kUnavailable: not there, failed, too slow, printed too much.
using ToolRunner = std::function<Result<SecretBytes>(const std::vector<std::string>& words, Duration limit)>;

struct ScanOptions {
  // Where the program's files are, instead of its usual places: the directory that holds them (for web and
  // mail servers also the configuration file itself).
  std::vector<std::string> at;
  // The home of who runs certbot's relatives; other homes are not looked into, because what stands there is
  // said by whoever owns them.
  std::string home = "/root";
  // For domino: text of exported documents (DXL or any other text) in which key-file names stand, and how
  // kyrtool is run ("": not installed here).
  std::string documents;
  std::string kyrtool;
  ToolRunner run_tool;
};

// Each reads one program's files: blocking, total on any content, bounded by the tree's limits, include loops
// cut. What can't be read or understood is in `skipped`; a program that is not there gives nothing.
Findings scan_certbot(SourceTree& tree, const ScanOptions& options);
Findings scan_lego(SourceTree& tree, const ScanOptions& options);
Findings scan_acme_sh(SourceTree& tree, const ScanOptions& options);
Findings scan_nginx(SourceTree& tree, const ScanOptions& options);
Findings scan_apache(SourceTree& tree, const ScanOptions& options);
Findings scan_haproxy(SourceTree& tree, const ScanOptions& options);
Findings scan_postfix(SourceTree& tree, const ScanOptions& options);
Findings scan_dovecot(SourceTree& tree, const ScanOptions& options);
Findings scan_domino(SourceTree& tree, const ScanOptions& options);

// The one of `program`.
Findings scan(Program program, SourceTree& tree, const ScanOptions& options);

}  // namespace certstead

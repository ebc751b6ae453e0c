#include "adopt/scan.h"

namespace certstead {

Findings scan(Program program, SourceTree& tree, const ScanOptions& options) {
  switch (program) {
    case Program::kCertbot:
      return scan_certbot(tree, options);
    case Program::kLego:
      return scan_lego(tree, options);
    case Program::kAcmeSh:
      return scan_acme_sh(tree, options);
    case Program::kNginx:
      return scan_nginx(tree, options);
    case Program::kApache:
      return scan_apache(tree, options);
    case Program::kHaproxy:
      return scan_haproxy(tree, options);
    case Program::kPostfix:
      return scan_postfix(tree, options);
    case Program::kDovecot:
      return scan_dovecot(tree, options);
    case Program::kDomino:
      return scan_domino(tree, options);
  }
  return {};
}

}  // namespace certstead

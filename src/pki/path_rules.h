// What RFC 5280 asks of the certificates of a path, and OpenSSL 3.0 does not check even when told to be
// strict.
#pragma once

#include "crypto/certificate.h"

namespace certstead {

// kInvalid ("path-invalid"), naming certificate and section.
Status check_path_rules(const std::vector<Certificate>& path);

}  // namespace certstead

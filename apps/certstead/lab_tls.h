// The certificate of the test CA's own HTTPS server.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/secret.h"

namespace certstead {

// A certificate for "localhost" with its key, under a root of its own. Not what the CA signs with.
struct LabTls {
  std::string certificate, root;  // PEM
  SecretBytes key;                // PKCS#8 PEM
};

Result<LabTls> make_lab_tls(Instant now);

}  // namespace certstead

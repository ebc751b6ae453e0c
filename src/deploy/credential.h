// A credential as it is deployed: opened, parsed, its key checked against its leaf.
#pragma once

#include "crypto/certificate.h"
#include "deploy/deployment.h"

namespace certstead {

struct DeployCredential {
  PrivateKey key;
  Certificate leaf;
  std::vector<Bytes> intermediates;  // DER, in order
  std::vector<std::string> names;    // A-labels
  KeyType type() const { return key.type(); }
};

}  // namespace certstead

// Port: making keys, secrets and certification requests.
#pragma once

#include <memory>

#include "base/key_type.h"
#include "base/secret.h"
#include "model/domain_name.h"

namespace certstead {

class KeyMaker {
 public:
  virtual ~KeyMaker() = default;
  // A fresh private key, DER. Blocks for the making (RSA-2048: a third of a second).
  virtual Result<SecretBytes> make_key(KeyType type) = 0;
  // Random bytes that keep something secret.
  virtual SecretBytes make_secret(std::size_t size) = 0;
  virtual Result<Bytes> make_csr(const SecretBytes& key, const std::vector<HostPattern>& names) = 0;
};

}  // namespace certstead

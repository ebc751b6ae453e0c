// Keys and certification requests.
#pragma once

#include "model/key_maker.h"

namespace certstead {

// Stateless; safe from any thread.
class PkiKeyMaker final : public KeyMaker {
 public:
  Result<SecretBytes> make_key(KeyType type) override;
  // Names stand in the subject alternative name only: a common name is limited to 64 characters and no CA
  // that speaks ACME needs one (RFC 8555 section 7.4).
  Result<Bytes> make_csr(const SecretBytes& key, const std::vector<HostPattern>& names) override;
};

}  // namespace certstead

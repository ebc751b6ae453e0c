// Keys and certification requests.
#pragma once

#include "model/key_maker.h"

namespace certstead {

// Stateless; safe from any thread.
class PkiKeyMaker final : public KeyMaker {
 public:
  Result<SecretBytes> make_key(KeyType type) override;  // as PrivateKey::to_der
  SecretBytes make_secret(std::size_t size) override;
  // All names as subjectAltName; the subject stays empty, since a common name is bounded and CAs need none
  // (RFC 8555 section 7.4). kInvalid if there are no names or the key does not parse.
  Result<Bytes> make_csr(const SecretBytes& key, const std::vector<HostPattern>& names) override;
};

}  // namespace certstead

// Keys and chains for other programs; see model/credential_encoder.h.
#pragma once

#include "model/credential_encoder.h"

namespace certstead {

// Stateless; safe from any thread.
class PkiCredentialEncoder final : public CredentialEncoder {
 public:
  Result<SecretBytes> encode(ExportFormat format, const SecretBytes& key, const std::vector<Bytes>& chain,
                             const SecretBytes& password, std::string_view friendly_name) override;
};

}  // namespace certstead

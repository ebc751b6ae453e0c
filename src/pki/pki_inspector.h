// Facts of certificates from their bytes.
#pragma once

#include "model/chain_builder.h"

namespace certstead {

// Stateless; safe from any thread.
class PkiInspector final : public Inspector {
 public:
  Result<CertificateFacts> facts(BytesView certificate_der) override;
  Result<std::vector<Bytes>> certificates_in_pem(std::string_view pem) override;
  std::string to_pem(const std::vector<Bytes>& chain) override;
  bool is_self_signed(BytesView certificate_der) override;
};

class Certificate;
CertificateFacts facts_of(const Certificate& certificate);

}  // namespace certstead

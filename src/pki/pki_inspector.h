// Facts of certificates, read from their bytes.
#pragma once

#include "crypto/certificate.h"
#include "model/chain_builder.h"

namespace certstead {

// SubjectPublicKeyInfo as it stands in the certificate. PublicKey::spki() encodes the key anew, at a hundred
// times the cost.
Bytes spki_in(const Certificate& certificate);
CertificateFacts facts_of(const Certificate& certificate);

// Stateless; safe from any thread.
class PkiInspector final : public Inspector {
 public:
  Result<CertificateFacts> facts(BytesView certificate_der) override;
  // In the order of the text. kInvalid if there is none or one does not parse.
  Result<std::vector<Bytes>> certificates_in_pem(std::string_view pem) override;
  std::string to_pem(const std::vector<Bytes>& chain) override;
  Result<std::vector<Bytes>> certificates_in(BytesView file) override;
  std::string request_to_pem(BytesView csr_der) override;
  Result<Bytes> request_in(BytesView file) override;
  // False for what is no certificate.
  bool is_self_signed(BytesView certificate_der) override;
  Status check_ca(BytesView certificate_der) override;
  std::string common_name(BytesView certificate_der) override;
};

}  // namespace certstead

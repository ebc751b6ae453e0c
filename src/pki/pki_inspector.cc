#include "pki/pki_inspector.h"

#include "base/encoding.h"
#include "crypto/certificate.h"
#include "crypto/digest.h"

namespace certstead {

CertificateFacts facts_of(const Certificate& certificate) {
  CertificateFacts facts;
  facts.subject = certificate.subject();
  facts.issuer = certificate.issuer();
  facts.serial = certificate.serial();
  facts.fingerprint = certificate.fingerprint();
  facts.spki_sha256 = sha256_hex(certificate.public_key().spki());
  facts.names = certificate.dns_names();
  facts.key_type = certificate.public_key().type();
  facts.not_before = certificate.not_before();
  facts.not_after = certificate.not_after();
  if (!certificate.authority_key_id().empty()) {
    facts.ari_id = base64url_encode(certificate.authority_key_id()) + "." +
                   base64url_encode(certificate.serial_octets());
  }
  return facts;
}

Result<CertificateFacts> PkiInspector::facts(BytesView certificate_der) {
  TRY(const Certificate certificate, Certificate::from_der(certificate_der));
  return facts_of(certificate);
}

Result<std::vector<Bytes>> PkiInspector::certificates_in_pem(std::string_view pem) {
  TRY(const auto certificates, Certificate::all_from_pem(pem));
  std::vector<Bytes> out;
  for (const Certificate& certificate : certificates) out.push_back(certificate.der());
  return out;
}

std::string PkiInspector::to_pem(const std::vector<Bytes>& chain) {
  std::string pem;
  for (const Bytes& der : chain) {
    const auto certificate = Certificate::from_der(der);
    if (certificate) pem += certificate->to_pem();
  }
  return pem;
}

bool PkiInspector::is_self_signed(BytesView certificate_der) {
  const auto certificate = Certificate::from_der(certificate_der);
  return certificate && certificate->is_self_signed();
}

}  // namespace certstead

// Signing certificates from a template.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/certificate.h"

namespace certstead {

struct CertificateTemplate {
  std::string common_name = {};  // at most 64 characters; may be empty
  std::vector<std::string> dns_names = {};
  PublicKey public_key;
  Instant not_before, not_after;
  bool is_ca = false;  // basicConstraints critical, keyCertSign and cRLSign
  std::optional<int> path_length = {};
  bool server_auth = false, client_auth = false;  // extended key usages
  bool key_agreement = false;  // key usage keyAgreement beside digitalSignature (CMS recipients)
  Bytes serial = {};           // empty: 16 random octets with 127 bits
};

// Signs with `issuer_key` in the name of `issuer`; without `issuer` the certificate is self-signed. Subject
// and authority key identifiers are set. kInvalid if the
// names, dates or serial can't stand in a certificate, or `issuer_key` does not belong to `issuer` (without
// issuer: to the template).
Result<Certificate> issue_certificate(const CertificateTemplate& content, const PrivateKey& issuer_key,
                                      const std::optional<Certificate>& issuer);

}  // namespace certstead

#include "lab_tls.h"

#include "crypto/issue.h"

namespace certstead {

Result<LabTls> make_lab_tls(Instant now) {
  TRY(const PrivateKey root_key, PrivateKey::generate(KeyType::kP256));
  TRY(const PrivateKey key, PrivateKey::generate(KeyType::kP256));
  const CertificateTemplate root_content{.common_name = "Certstead lab",
                                         .public_key = root_key.public_key(),
                                         .not_before = now - std::chrono::hours{1},
                                         .not_after = now + std::chrono::days{30},
                                         .is_ca = true};
  TRY(const Certificate root, issue_certificate(root_content, root_key, std::nullopt));
  const CertificateTemplate content{.dns_names = {"localhost"},
                                    .public_key = key.public_key(),
                                    .not_before = root_content.not_before,
                                    .not_after = root_content.not_after,
                                    .server_auth = true};
  TRY(const Certificate certificate, issue_certificate(content, root_key, root));
  return LabTls{certificate.to_pem(), root.to_pem(), key.to_pkcs8_pem()};
}

}  // namespace certstead

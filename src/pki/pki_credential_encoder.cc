#include "pki/pki_credential_encoder.h"

#include "pki/export.h"

namespace certstead {

Result<SecretBytes> PkiCredentialEncoder::encode(ExportFormat format, const SecretBytes& key,
                                                 const std::vector<Bytes>& chain, const SecretBytes& password,
                                                 std::string_view friendly_name) {
  TRY(const PrivateKey parsed, PrivateKey::from_der(key.reveal()));
  if (format != ExportFormat::kPem) {
    const auto style = format == ExportFormat::kPkcs12 ? Pkcs12Style::kModern : Pkcs12Style::kLegacy;
    return to_pkcs12(parsed, chain, password, friendly_name, style);
  }
  TRY(const SecretBytes pem, key_to_pem(parsed, password));
  const std::string certificates = chain_to_pem(chain);
  Bytes out;
  out.reserve(pem.size() + certificates.size());
  out.insert(out.end(), pem.reveal().begin(), pem.reveal().end());
  out.insert(out.end(), certificates.begin(), certificates.end());
  return SecretBytes(std::move(out));
}

}  // namespace certstead

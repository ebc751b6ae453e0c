#include "pki/pki_inspector.h"

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/pem.h"
#include "pki/certificate_files.h"
#include "pki/export.h"

namespace certstead {
namespace {

// RFC 9773 section 4.1: keyIdentifier and serial number, each base64url.
std::string ari_id_of(const Certificate& certificate) {
  if (certificate.authority_key_id().empty()) return {};
  return base64url_encode(certificate.authority_key_id()) + "." +
         base64url_encode(certificate.serial_octets());
}

// Of a certificate that OpenSSL takes for no CA.
std::string why_no_ca(const Certificate& certificate) {
  if (certificate.is_ca()) return "its key usage does not let it sign certificates";
  const bool has_constraints = X509_get_ext_by_NID(certificate.native(), NID_basic_constraints, -1) >= 0;
  return has_constraints ? "its basic constraints deny it" : "it has no basic constraints that say so";
}

}  // namespace

Bytes spki_in(const Certificate& certificate) {
  std::uint8_t* der = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.native()), &der);
  if (length <= 0) return {};
  Bytes copy(der, der + length);
  OPENSSL_free(der);
  return copy;
}

CertificateFacts facts_of(const Certificate& certificate) {
  return {.subject = certificate.subject(),
          .issuer = certificate.issuer(),
          .serial = certificate.serial(),
          .fingerprint = certificate.fingerprint(),
          .spki_sha256 = sha256_hex(spki_in(certificate)),
          .names = certificate.dns_names(),
          .key_type = certificate.public_key().type(),
          .not_before = certificate.not_before(),
          .not_after = certificate.not_after(),
          .ari_id = ari_id_of(certificate)};
}

Result<CertificateFacts> PkiInspector::facts(BytesView certificate_der) {
  TRY(const Certificate certificate, Certificate::from_der(certificate_der));
  return facts_of(certificate);
}

Result<std::vector<Bytes>> PkiInspector::certificates_in_pem(std::string_view pem) {
  TRY(const std::vector<Certificate> all, Certificate::all_from_pem(pem));
  if (all.empty()) {
    return invalid("there is no certificate in this text; it must hold a block \"BEGIN CERTIFICATE\"",
                   "certificate-absent");
  }
  std::vector<Bytes> out;
  out.reserve(all.size());
  for (const Certificate& one : all) out.push_back(one.der());
  return out;
}

std::string PkiInspector::to_pem(const std::vector<Bytes>& chain) { return chain_to_pem(chain); }

Result<std::vector<Bytes>> PkiInspector::certificates_in(BytesView file) {
  TRY(const std::vector<Certificate> all, certificates_in_file(file));
  std::vector<Bytes> out;
  out.reserve(all.size());
  for (const Certificate& one : all) out.push_back(one.der());
  return out;
}

std::string PkiInspector::request_to_pem(BytesView csr_der) {
  return encode_pem("CERTIFICATE REQUEST", csr_der);
}

Result<Bytes> PkiInspector::request_in(BytesView file) { return request_in_file(file); }

bool PkiInspector::is_self_signed(BytesView certificate_der) {
  const auto certificate = Certificate::from_der(certificate_der);
  return certificate && certificate->is_self_signed();
}

Status PkiInspector::check_ca(BytesView certificate_der) {
  TRY(const Certificate certificate, Certificate::from_der(certificate_der));
  if (X509_check_ca(certificate.native()) != 0) return Done{};
  return invalid(certificate.subject() + " is no CA: " + why_no_ca(certificate), "not-a-ca");
}

std::string PkiInspector::common_name(BytesView certificate_der) {
  const auto certificate = Certificate::from_der(certificate_der);
  return certificate ? printable(certificate->subject_common_name(), 200) : "";
}

}  // namespace certstead

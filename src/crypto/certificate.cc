#include "crypto/certificate.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/even_hex.h"
#include "crypto/certificate_fields.h"
#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/pem.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxCertificate = std::size_t{1} << 20;
constexpr std::size_t kMaxBlocks = 200;
constexpr std::string_view kLabel = "CERTIFICATE";

Error unreadable(std::string_view why) {
  return invalid("this is no readable certificate: " + std::string(why), "certificate-unreadable");
}

// Strict: i2d must give back what d2i read, so that only one spelling of a certificate exists.
Result<X509Handle> parse_handle(BytesView der) {
  if (der.size() > kMaxCertificate) return unreadable("it is longer than 1 MiB");
  const std::uint8_t* at = der.data();
  X509Handle handle(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  clear_openssl_errors();
  if (!handle) return unreadable("the bytes are no X.509 certificate");
  if (at != der.data() + der.size()) return unreadable("bytes follow behind its end");
  std::uint8_t* again = nullptr;
  const int length = i2d_X509(handle.get(), &again);
  const bool same = length > 0 && std::ranges::equal(der, BytesView(again, static_cast<std::size_t>(length)));
  OPENSSL_free(again);
  if (!same) return unreadable("it is not in DER");
  return handle;
}

// The content octets of an INTEGER, as they stand in the certificate.
Bytes integer_content(const ASN1_INTEGER* number) {
  std::uint8_t* der = nullptr;
  const int length = i2d_ASN1_INTEGER(number, &der);
  if (length <= 0) return {};
  DerReader reader(BytesView(der, static_cast<std::size_t>(length)));
  const BytesView content = reader.take(kDerInteger).value_or(BytesView());
  Bytes copy(content.begin(), content.end());
  OPENSSL_free(der);
  return copy;
}

std::string magnitude_hex(const ASN1_INTEGER* number) {
  const std::string hex = hex_encode(octets_of(number));
  const std::size_t first = hex.find_first_not_of('0');
  return first == std::string::npos ? "00" : even_hex(hex.substr(first));
}

struct Extensions {
  GeneralNames names;
  BasicConstraints basic;
  AuthorityKeyId authority;
  OctetString subject_id;
};

Result<Extensions> read_extensions(const X509* x509) {
  TRY(GeneralNames names, read_extension<GeneralNames>(x509, NID_subject_alt_name, "subjectAltName"));
  TRY(BasicConstraints basic,
      read_extension<BasicConstraints>(x509, NID_basic_constraints, "basicConstraints"));
  TRY(AuthorityKeyId authority,
      read_extension<AuthorityKeyId>(x509, NID_authority_key_identifier, "authorityKeyIdentifier"));
  TRY(OctetString subject_id,
      read_extension<OctetString>(x509, NID_subject_key_identifier, "subjectKeyIdentifier"));
  return Extensions{std::move(names), std::move(basic), std::move(authority), std::move(subject_id)};
}

bool verifies(X509* certificate, EVP_PKEY* key) {
  clear_openssl_errors();
  const bool good = X509_verify(certificate, key) == 1;
  clear_openssl_errors();
  return good;
}

}  // namespace

Result<Certificate> Certificate::from_der(BytesView der) {
  clear_openssl_errors();
  TRY(X509Handle handle, parse_handle(der));
  X509* const x509 = handle.get();
  EvpKey key(X509_get_pubkey(x509));
  clear_openssl_errors();
  if (!key) return unreadable("its public key is of an unknown kind or damaged");
  TRY(const Extensions extensions, read_extensions(x509));
  const Result<Instant> not_before = read_time(X509_get0_notBefore(x509));
  const Result<Instant> not_after = read_time(X509_get0_notAfter(x509));
  if (!not_before || !not_after) return unreadable("its dates are not in the calendar");
  AlternativeNames alternative = read_alternative_names(extensions.names.get());
  const X509_NAME* const subject = X509_get_subject_name(x509);
  const X509_NAME* const issuer = X509_get_issuer_name(x509);
  const ASN1_INTEGER* const serial = X509_get0_serialNumber(x509);
  const bool names_itself = X509_NAME_cmp(subject, issuer) == 0;
  const auto data = std::make_shared<Data>(
      Data{.handle = {},
           .der = Bytes(der.begin(), der.end()),
           .serial_octets = integer_content(serial),
           .authority_key_id = octets_of(extensions.authority ? extensions.authority->keyid : nullptr),
           .subject_key_id = octets_of(extensions.subject_id.get()),
           .subject = name_text(subject),
           .issuer = name_text(issuer),
           .issuer_common_name = last_common_name(issuer),
           .subject_common_name = last_common_name(subject),
           .serial = magnitude_hex(serial),
           .fingerprint = sha256_hex(der),
           .dns_names = std::move(alternative.dns_names),
           .ip_addresses = std::move(alternative.ip_addresses),
           .not_before = *not_before,
           .not_after = *not_after,
           .is_ca = extensions.basic && extensions.basic->ca != 0,
           .is_self_signed = names_itself && verifies(x509, key.get()),
           .public_key = PublicKey(std::shared_ptr<EVP_PKEY>(std::move(key)))});
  data->handle = std::move(handle);
  // Fills OpenSSL's cache of the extensions now, while nobody else holds the certificate.
  X509_check_purpose(x509, -1, 0);
  clear_openssl_errors();
  return Certificate(data);
}

Result<Certificate> Certificate::from_pem(std::string_view pem) {
  if (pem.size() > kMaxPemText) return unreadable("the text is longer than 4 MiB");
  while (const auto block = next_pem_block(pem)) {
    if (block->label != kLabel) continue;
    TRY(const SecretBytes der, decode_pem(*block));
    return from_der(der.reveal());
  }
  return invalid("there is no certificate in this text; it must hold a block \"BEGIN CERTIFICATE\"",
                 "certificate-absent");
}

Result<std::vector<Certificate>> Certificate::all_from_pem(std::string_view pem) {
  if (pem.size() > kMaxPemText) return unreadable("the text is longer than 4 MiB");
  std::vector<Certificate> all;
  while (const auto block = next_pem_block(pem)) {
    if (block->label != kLabel) continue;
    if (all.size() == kMaxBlocks) return invalid("the text holds more than 200 certificates; split it");
    TRY(const SecretBytes der, decode_pem(*block));
    TRY(Certificate one, from_der(der.reveal()));
    all.push_back(std::move(one));
  }
  return all;
}

std::string Certificate::to_pem() const { return encode_pem(kLabel, data_->der); }

bool Certificate::matches(const PrivateKey& key) const { return data_->public_key.same_as(key.public_key()); }

bool Certificate::is_signed_by(const Certificate& issuer) const {
  return X509_NAME_cmp(X509_get_issuer_name(native()), X509_get_subject_name(issuer.native())) == 0 &&
         verifies(native(), issuer.data_->public_key.native());
}

}  // namespace certstead

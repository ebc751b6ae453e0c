#include "crypto/issue.h"

#include "crypto/algorithms.h"
#include "crypto/certificate_fields.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/x509_build.h"

namespace certstead {
namespace {

using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using BitString = std::unique_ptr<ASN1_BIT_STRING, Freed<ASN1_BIT_STRING_free>>;
using Usages = std::unique_ptr<EXTENDED_KEY_USAGE, Freed<EXTENDED_KEY_USAGE_free>>;

constexpr std::size_t kSerialLength = 16;
constexpr std::size_t kMaxSerialLength = 20;  // RFC 5280 section 4.1.2.2
constexpr std::size_t kKeyIdLength = 20;

Status add(X509* certificate, int nid, void* value, bool critical) {
  if (value == nullptr ||
      X509_add1_ext_i2d(certificate, nid, value, critical ? 1 : 0, X509V3_ADD_DEFAULT) != 1)
    return openssl_error("adding an extension to a certificate");
  return Done{};
}

Status set_serial(X509* certificate, const Bytes& wanted) {
  Bytes serial = wanted.empty() ? random_bytes(kSerialLength) : wanted;
  // 127 bits: the sign stays positive without a further octet, and never zero.
  if (wanted.empty()) serial.front() = static_cast<std::uint8_t>((serial.front() & 0x7f) | 0x40);
  if (serial.size() > kMaxSerialLength) return invalid("a serial number has at most 20 octets");
  const BigNumber number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  if (!number || BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr)
    return openssl_error("setting a serial number");
  return Done{};
}

// UTCTime until 2049, GeneralizedTime from 2050 on: ASN1_TIME_set knows the rule of RFC 5280 section 4.1.2.5.
Status set_times(X509* certificate, Instant not_before, Instant not_after) {
  using namespace std::chrono;
  if (not_after < not_before) return invalid("a certificate can't end before it begins");
  if (!ASN1_TIME_set(X509_getm_notBefore(certificate),
                     floor<seconds>(not_before).time_since_epoch().count()) ||
      !ASN1_TIME_set(X509_getm_notAfter(certificate), floor<seconds>(not_after).time_since_epoch().count()))
    return openssl_error("setting the dates of a certificate", Code::kInvalid);
  return Done{};
}

// RFC 7093 section 2 method 1: the leftmost 160 bits of the SHA-256 of the key's bits.
Result<OctetString> make_key_id(const X509* certificate) {
  std::uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  OctetString id(ASN1_OCTET_STRING_new());
  if (!id || X509_pubkey_digest(certificate, md_sha256(), digest, &length) != 1 ||
      ASN1_OCTET_STRING_set(id.get(), digest, kKeyIdLength) != 1)
    return openssl_error("computing a key identifier");
  return id;
}

Status add_key_ids(X509* certificate, const std::optional<Certificate>& issuer) {
  TRY(const OctetString subject_id, make_key_id(certificate));
  CHECK_OK(add(certificate, NID_subject_key_identifier, subject_id.get(), false));
  const AuthorityKeyId authority(AUTHORITY_KEYID_new());
  if (!authority) return openssl_error("computing a key identifier");
  if (!issuer) {
    authority->keyid = ASN1_OCTET_STRING_dup(subject_id.get());
  } else if (!issuer->subject_key_id().empty()) {
    const Bytes& id = issuer->subject_key_id();
    authority->keyid = ASN1_OCTET_STRING_new();
    if (authority->keyid != nullptr &&
        ASN1_OCTET_STRING_set(authority->keyid, id.data(), static_cast<int>(id.size())) != 1)
      return openssl_error("computing a key identifier");
  } else {
    TRY(OctetString id, make_key_id(issuer->native()));
    authority->keyid = id.release();
  }
  if (authority->keyid == nullptr) return openssl_error("computing a key identifier");
  return add(certificate, NID_authority_key_identifier, authority.get(), false);
}

Status add_basic_constraints(X509* certificate, const CertificateTemplate& content) {
  const BasicConstraints basic(BASIC_CONSTRAINTS_new());
  if (!basic) return openssl_error("making a certificate");
  basic->ca = content.is_ca ? 0xff : 0;
  if (content.is_ca && content.path_length) {
    basic->pathlen = ASN1_INTEGER_new();
    if (basic->pathlen == nullptr || ASN1_INTEGER_set(basic->pathlen, *content.path_length) != 1)
      return openssl_error("making a certificate");
  }
  return add(certificate, NID_basic_constraints, basic.get(), true);
}

Status add_usages(X509* certificate, const CertificateTemplate& content) {
  enum Bit { kDigitalSignature = 0, kKeyEncipherment = 2, kKeyAgreement = 4, kKeyCertSign = 5, kCrlSign = 6 };
  const BitString usage(ASN1_BIT_STRING_new());
  if (!usage) return openssl_error("making a certificate");
  const auto set = [&usage](Bit bit, bool wanted) {
    return !wanted || ASN1_BIT_STRING_set_bit(usage.get(), bit, 1) == 1;
  };
  const auto kind = content.public_key.type();
  // Old TLS clients with RSA key transport ask for keyEncipherment.
  const bool encipher = content.server_auth && kind && is_rsa(*kind);
  if (!set(kDigitalSignature, !content.is_ca) || !set(kKeyEncipherment, encipher) ||
      !set(kKeyAgreement, content.key_agreement) || !set(kKeyCertSign, content.is_ca) ||
      !set(kCrlSign, content.is_ca))
    return openssl_error("making a certificate");
  CHECK_OK(add(certificate, NID_key_usage, usage.get(), true));
  if (!content.server_auth && !content.client_auth) return Done{};
  const Usages extended(EXTENDED_KEY_USAGE_new());
  if (!extended) return openssl_error("making a certificate");
  // These objects belong to OpenSSL's table.
  if (content.server_auth) sk_ASN1_OBJECT_push(extended.get(), OBJ_nid2obj(NID_server_auth));
  if (content.client_auth) sk_ASN1_OBJECT_push(extended.get(), OBJ_nid2obj(NID_client_auth));
  return add(certificate, NID_ext_key_usage, extended.get(), false);
}

Status add_names(X509* certificate, const CertificateTemplate& content) {
  if (content.dns_names.empty()) return Done{};
  TRY(const GeneralNames names, make_dns_names(content.dns_names));
  // RFC 5280 section 4.2.1.6: critical where the subject is empty.
  return add(certificate, NID_subject_alt_name, names.get(), content.common_name.empty());
}

Status check_issuer(const CertificateTemplate& content, const PrivateKey& issuer_key,
                    const std::optional<Certificate>& issuer) {
  if (!issuer && !content.public_key.same_as(issuer_key.public_key()))
    return invalid("a self-signed certificate must be signed by its own key");
  if (issuer && !issuer->matches(issuer_key)) return invalid("the signing key does not belong to the issuer");
  return Done{};
}

}  // namespace

Result<Certificate> issue_certificate(const CertificateTemplate& content, const PrivateKey& issuer_key,
                                      const std::optional<Certificate>& issuer) {
  CHECK_OK(check_issuer(content, issuer_key, issuer));
  clear_openssl_errors();
  const X509Handle handle(X509_new());
  X509* const certificate = handle.get();
  TRY(const NameHandle subject, make_name(content.common_name));
  const X509_NAME* const issuer_name = issuer ? X509_get_subject_name(issuer->native()) : subject.get();
  if (!handle || X509_set_version(certificate, X509_VERSION_3) != 1 ||
      X509_set_subject_name(certificate, subject.get()) != 1 ||
      X509_set_issuer_name(certificate, issuer_name) != 1 ||
      X509_set_pubkey(certificate, content.public_key.native()) != 1)
    return openssl_error("making a certificate");
  CHECK_OK(set_serial(certificate, content.serial));
  CHECK_OK(set_times(certificate, content.not_before, content.not_after));
  CHECK_OK(add_basic_constraints(certificate, content));
  CHECK_OK(add_usages(certificate, content));
  CHECK_OK(add_names(certificate, content));
  CHECK_OK(add_key_ids(certificate, issuer));
  if (X509_sign(certificate, issuer_key.native(), digest_of(issuer_key.type())) <= 0)
    return openssl_error("signing a certificate");
  std::uint8_t* der = nullptr;
  const int length = i2d_X509(certificate, &der);
  if (length <= 0) return openssl_error("encoding a certificate");
  Result<Certificate> made = Certificate::from_der({der, static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  return made;
}

}  // namespace certstead

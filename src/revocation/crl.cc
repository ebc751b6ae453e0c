#include "revocation/crl.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/certificate_fields.h"

namespace certstead {
namespace {

using Scope = std::unique_ptr<ISSUING_DIST_POINT, Freed<ISSUING_DIST_POINT_free>>;
using Enumerated = std::unique_ptr<ASN1_ENUMERATED, Freed<ASN1_ENUMERATED_free>>;

// A critical extension that is not understood may change the meaning of everything.
Status check_extensions(const X509_CRL* crl) {
  for (int i = 0; i < X509_CRL_get_ext_count(crl); ++i) {
    const X509_EXTENSION* const extension = X509_CRL_get_ext(crl, i);
    const int kind = OBJ_obj2nid(X509_EXTENSION_get_object(const_cast<X509_EXTENSION*>(extension)));
    if (kind == NID_delta_crl) return invalid("the CRL is a delta without its base", "crl-delta");
    if (X509_EXTENSION_get_critical(extension) == 0 || kind == NID_issuing_distribution_point) continue;
    return invalid("the CRL has a critical extension that is not known here", "crl-extension");
  }
  return Done{};
}

int reason_of(const X509_REVOKED* entry) {
  const Enumerated reason(
      static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr)));
  const long value = reason ? ASN1_ENUMERATED_get(reason.get()) : 0;
  return value >= 0 && value <= 10 ? static_cast<int>(value) : 0;
}

}  // namespace

Result<Crl> Crl::parse(BytesView der) {
  clear_openssl_errors();
  const unsigned char* at = der.data();
  Crl out;
  out.crl_.reset(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())), FreeCrl());
  clear_openssl_errors();
  if (!out.crl_ || at != der.data() + der.size()) return invalid("the bytes are no CRL", "crl-garbage");
  const auto from = read_time(X509_CRL_get0_lastUpdate(out.crl_.get()));
  if (!from) return invalid("the CRL has no readable date", "crl-garbage");
  out.this_update_ = *from;
  out.valid_until_ = *from + kUndatedLife;
  if (const ASN1_TIME* const next = X509_CRL_get0_nextUpdate(out.crl_.get())) {
    const auto until = read_time(next);
    if (!until) return invalid("the CRL has no readable date", "crl-garbage");
    out.valid_until_ = *until;
  }
  CHECK_OK(check_extensions(out.crl_.get()));
  CHECK_OK(out.read_scope());
  return out;
}

Status Crl::read_scope() {
  int found = 0;
  const Scope scope(static_cast<ISSUING_DIST_POINT*>(
      X509_CRL_get_ext_d2i(crl_.get(), NID_issuing_distribution_point, &found, nullptr)));
  clear_openssl_errors();
  if (!scope) return found == -1 ? Status(Done{}) : invalid("the CRL's scope is damaged", "crl-garbage");
  if (scope->indirectCRL > 0) return invalid("the CRL speaks for other issuers than its own", "crl-indirect");
  if (scope->onlyattr > 0) return invalid("the CRL is of attribute certificates", "crl-extension");
  only_users_ = scope->onlyuser > 0;
  only_cas_ = scope->onlyCA > 0;
  some_reasons_ = scope->onlysomereasons != nullptr;
  if (scope->distpoint == nullptr || scope->distpoint->type != 0) return Done{};
  const GENERAL_NAMES* const names = scope->distpoint->name.fullname;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_URI) places_.push_back(to_text(octets_of(name->d.uniformResourceIdentifier)));
  }
  return Done{};
}

Status Crl::believe(const Certificate& issuer, const std::string& url, Instant now) const {
  if (X509_NAME_cmp(X509_CRL_get_issuer(crl_.get()), X509_get_subject_name(issuer.native())) != 0) {
    return invalid("the CRL is that of another issuer than " + issuer.subject(), "crl-issuer");
  }
  const std::uint32_t usage = X509_get_key_usage(issuer.native());
  if (usage != UINT32_MAX && (usage & KU_CRL_SIGN) == 0) {
    return invalid("its issuer " + issuer.subject() + " may not sign CRLs", "crl-issuer");
  }
  clear_openssl_errors();
  const bool good = X509_CRL_verify(crl_.get(), issuer.public_key().native()) == 1;
  clear_openssl_errors();
  if (!good) return invalid("the CRL is not signed by " + issuer.subject(), "crl-signature");
  if (this_update_ > now + kRevocationSkew) {
    return invalid("the CRL counts from " + to_rfc3339(this_update_) + " only", "crl-early");
  }
  if (valid_until_ < now) return invalid("the CRL ended at " + to_rfc3339(valid_until_), "crl-stale");
  if (!places_.empty() && std::ranges::find(places_, url) == places_.end()) {
    return invalid("the CRL belongs to another place than " + printable(url), "crl-place");
  }
  return Done{};
}

Result<RevocationAnswer> Crl::answer(const Certificate& certificate) const {
  if (certificate.is_ca() ? only_users_ : only_cas_) {
    return invalid("the CRL does not speak of certificates of this kind", "crl-scope");
  }
  RevocationAnswer out;
  out.valid_until = valid_until_;
  X509_REVOKED* entry = nullptr;
  const int found = X509_CRL_get0_by_serial(crl_.get(), &entry, X509_get0_serialNumber(certificate.native()));
  if (found == 1) {
    out.status = RevocationStatus::kRevoked;
    out.reason = reason_of(entry);
    const auto at = read_time(X509_REVOKED_get0_revocationDate(entry));
    if (at) out.revoked_at = *at;
    return out;
  }
  if (some_reasons_) return invalid("the CRL lists some reasons only", "crl-scope");
  out.status = RevocationStatus::kGood;
  return out;
}

}  // namespace certstead

#include "revocation/ocsp.h"

#include <openssl/ocsp.h>

#include "base/text.h"
#include "crypto/certificate_fields.h"
#include "revocation/crl.h"

namespace certstead {
namespace {

using CertId = std::unique_ptr<OCSP_CERTID, Freed<OCSP_CERTID_free>>;
using Request = std::unique_ptr<OCSP_REQUEST, Freed<OCSP_REQUEST_free>>;
using Response = std::unique_ptr<OCSP_RESPONSE, Freed<OCSP_RESPONSE_free>>;
using Basic = std::unique_ptr<OCSP_BASICRESP, Freed<OCSP_BASICRESP_free>>;
using Store = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
// Does not own the certificates in it.
struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Stack = std::unique_ptr<STACK_OF(X509), FreeStack>;

// SHA-1 here is a name, not a signature, and what every responder knows.
CertId id_of(const Certificate& certificate, const Certificate& issuer) {
  return CertId(OCSP_cert_to_id(EVP_sha1(), certificate.native(), issuer.native()));
}

Result<Basic> read_response(BytesView bytes) {
  clear_openssl_errors();
  const unsigned char* at = bytes.data();
  const Response response(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(bytes.size())));
  clear_openssl_errors();
  if (!response || at != bytes.data() + bytes.size()) {
    return invalid("the bytes are no OCSP response", "ocsp-garbage");
  }
  const int status = OCSP_response_status(response.get());
  if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    return invalid(std::string("the responder says \"") + OCSP_response_status_str(status) + "\"",
                   "ocsp-status");
  }
  Basic basic(OCSP_response_get1_basic(response.get()));
  clear_openssl_errors();
  if (!basic) return invalid("the OCSP response is of an unknown kind", "ocsp-garbage");
  return basic;
}

// The issuer is the only anchor; a responder in between must have been certified by it for OCSP.
Status check_signer(OCSP_BASICRESP* basic, const Certificate& issuer, Instant now) {
  const Store store(X509_STORE_new());
  const Stack known(sk_X509_new_null());
  if (!store || !known || X509_STORE_add_cert(store.get(), issuer.native()) != 1 ||
      sk_X509_push(known.get(), issuer.native()) == 0) {
    return openssl_error("checking an OCSP response");
  }
  X509_VERIFY_PARAM* const rules = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_time(rules, static_cast<time_t>(to_unix_ms(now) / 1000));
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  clear_openssl_errors();
  const int good = OCSP_basic_verify(basic, known.get(), store.get(), OCSP_NOEXPLICIT);
  const Error why = openssl_error("the check", Code::kInvalid);
  if (good == 1) return Done{};
  return invalid("the OCSP response is not signed by " + issuer.subject() +
                     " or somebody whom it certified for this: " + why.detail,
                 "ocsp-signature");
}

struct Single {
  int status = -1, reason = -1;
  ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *until = nullptr;
};

Result<Instant> check_dates(const Single& single, Instant now) {
  const auto from = read_time(single.from);
  if (!from) return invalid("the OCSP response has no readable date", "ocsp-garbage");
  if (*from > now + kRevocationSkew) {
    return invalid("the OCSP response counts from " + to_rfc3339(*from) + " only", "ocsp-early");
  }
  Instant until = *from + kUndatedLife;
  if (single.until != nullptr) {
    const auto end = read_time(single.until);
    if (!end) return invalid("the OCSP response has no readable date", "ocsp-garbage");
    until = *end;
  }
  if (until < now) return invalid("the OCSP response ended at " + to_rfc3339(until), "ocsp-stale");
  return until;
}

}  // namespace

Result<Bytes> ocsp_request(const Certificate& certificate, const Certificate& issuer) {
  clear_openssl_errors();
  const Request request(OCSP_REQUEST_new());
  CertId id = id_of(certificate, issuer);
  if (!request || !id || OCSP_request_add0_id(request.get(), id.get()) == nullptr) {
    return openssl_error("making an OCSP request");
  }
  id.release();  // the request's now
  unsigned char* der = nullptr;
  const int size = i2d_OCSP_REQUEST(request.get(), &der);
  if (size <= 0) return openssl_error("making an OCSP request");
  Bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

Result<RevocationAnswer> judge_ocsp(BytesView response, const Certificate& certificate,
                                    const Certificate& issuer, Instant now) {
  TRY(const Basic basic, read_response(response));
  CHECK_OK(check_signer(basic.get(), issuer, now));
  const CertId id = id_of(certificate, issuer);
  Single single;
  if (!id || OCSP_resp_find_status(basic.get(), id.get(), &single.status, &single.reason, &single.revoked,
                                   &single.from, &single.until) != 1) {
    clear_openssl_errors();
    return invalid("the OCSP response speaks of another certificate", "ocsp-other");
  }
  TRY(const Instant until, check_dates(single, now));
  RevocationAnswer out;
  out.valid_until = until;
  if (single.status == V_OCSP_CERTSTATUS_GOOD) {
    out.status = RevocationStatus::kGood;
    return out;
  }
  if (single.status != V_OCSP_CERTSTATUS_REVOKED) {
    return invalid("the responder does not know this certificate", "ocsp-unknown");
  }
  out.status = RevocationStatus::kRevoked;
  out.reason = single.reason >= 0 && single.reason <= 10 ? single.reason : 0;
  const auto at = read_time(single.revoked);
  if (at) out.revoked_at = *at;
  return out;
}

}  // namespace certstead

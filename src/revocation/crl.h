// One certificate revocation list, believed or not (RFC 5280 sections 5 and 6.3).
#pragma once

#include <openssl/x509.h>

#include "crypto/certificate.h"
#include "model/certificate_check.h"

namespace certstead {

// By how much the CA's clock may be ahead of ours.
inline constexpr std::chrono::minutes kRevocationSkew{5};
// How long an answer that does not say when the next one comes is believed.
inline constexpr std::chrono::days kUndatedLife{7};

// Parsed once, asked for many certificates. Immutable; safe from any thread.
class Crl {
 public:
  // kInvalid ("crl-garbage", "crl-indirect", "crl-delta", "crl-extension") if it is no complete list of one
  // issuer that we understand.
  static Result<Crl> parse(BytesView der);

  // kInvalid unless `issuer` signed it and may, it counts at `now`, and it is the list of the distribution
  // point `url`: "crl-issuer", "crl-signature", "crl-early", "crl-stale", "crl-place".
  Status believe(const Certificate& issuer, const std::string& url, Instant now) const;
  // kGood or kRevoked for a serial number of its issuer. kInvalid ("crl-scope") for a certificate that it
  // does not speak of.
  Result<RevocationAnswer> answer(const Certificate& certificate) const;
  Instant valid_until() const { return valid_until_; }

 private:
  struct FreeCrl {
    void operator()(X509_CRL* crl) const { X509_CRL_free(crl); }
  };
  Crl() = default;
  Status read_scope();

  std::shared_ptr<X509_CRL> crl_;
  Instant this_update_, valid_until_;
  bool only_users_ = false, only_cas_ = false, some_reasons_ = false;
  std::vector<std::string> places_;  // URLs of its distribution point; empty: it says none
};

}  // namespace certstead

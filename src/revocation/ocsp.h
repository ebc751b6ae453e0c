// One question to an OCSP responder and its answer, believed or not (RFC 6960, RFC 5019).
#pragma once

#include "crypto/certificate.h"
#include "model/certificate_check.h"

namespace certstead {

// DER of a request for `certificate`, without a nonce (RFC 5019: so that responders may answer out of a
// cache).
Result<Bytes> ocsp_request(const Certificate& certificate, const Certificate& issuer);

// What `response` says of `certificate`. kInvalid unless it is signed by `issuer` or by a responder that
// `issuer` itself certified for OCSP, counts at `now`, and speaks of this very certificate: "ocsp-garbage",
// "ocsp-status" (try later, unauthorised ...), "ocsp-signature", "ocsp-other", "ocsp-early", "ocsp-stale",
// "ocsp-unknown".
Result<RevocationAnswer> judge_ocsp(BytesView response, const Certificate& certificate,
                                    const Certificate& issuer, Instant now);

}  // namespace certstead

// Port: judging certificates that come from outside.
#pragma once

#include "base/secret.h"
#include "model/certificate_facts.h"
#include "model/domain_name.h"
#include "model/trusted_root.h"

namespace certstead {

struct Expected {
  BytesView csr;                                   // the key must be this request's
  std::vector<HostPattern> names;                  // each must be covered literally
  std::vector<std::string> previous_fingerprints;  // none of these again
  Instant now;
};
struct CheckedChain {
  std::vector<Bytes> chain;  // DER: leaf, intermediates in order; root left out
  CertificateFacts facts;
  std::vector<std::string> warnings;  // e.g. no root known for it
};

class ChainBuilder {
 public:
  virtual ~ChainBuilder() = default;
  // Checks what a CA sent (reliability: a bad certificate is a failed attempt). `downloaded`: DER, leaf first
  // as the CA says. Completed from `roots` where it can be. Errors are kInvalid with ids "certificate-key",
  // "certificate-expired", "certificate-not-yet-valid", "certificate-name", "certificate-old",
  // "certificate-garbage", "certificate-chain".
  virtual Result<CheckedChain> check(const std::vector<Bytes>& downloaded, const Expected& expected,
                                     const std::vector<TrustedRoot>& roots) = 0;
};

// Port: facts of a certificate from its bytes.
class Inspector {
 public:
  virtual ~Inspector() = default;
  virtual Result<CertificateFacts> facts(BytesView certificate_der) = 0;
  virtual Result<std::vector<Bytes>> certificates_in_pem(std::string_view pem) = 0;
  virtual std::string to_pem(const std::vector<Bytes>& chain) = 0;
  // Every certificate in a file as people bring it: PEM with other text around, DER, PKCS#7 in either form.
  // kInvalid ("certificate-garbage") if there is none, or one does not parse.
  virtual Result<std::vector<Bytes>> certificates_in(BytesView file) = 0;
  // A certification request as PEM.
  virtual std::string request_to_pem(BytesView csr_der) = 0;
  // The DER of a certification request in PEM or DER. kInvalid ("csr-unreadable"); whether it is a sound one
  // is not looked at.
  virtual Result<Bytes> request_in(BytesView file) = 0;
  virtual bool is_self_signed(BytesView certificate_der) = 0;
  // kInvalid ("not-a-ca"), with a reason, for a certificate that can vouch for no other: RFC 5280
  // section 4.2.1.9 and 4.2.1.3. Roots of X.509 version 1, which can't say that they are CAs, pass.
  virtual Status check_ca(BytesView certificate_der) = 0;
  // The common name of its subject, printable; "" if it has none, or is no certificate.
  virtual std::string common_name(BytesView certificate_der) = 0;
};

}  // namespace certstead

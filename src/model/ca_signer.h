// Ports: signing with our own CAs, and keeping them.
#pragma once

#include <algorithm>

#include "model/health.h"
#include "model/micro_ca.h"

namespace certstead {

struct SignRequest {
  std::string ca;
  Bytes csr;               // DER, PKCS#10: data from outside, whoever made it
  std::string profile;     // "": "server"
  int days = 0;            // 0: the profile's
  std::string request_id;  // the same id again gives the same certificate; "" for none
};
struct SignedLeaf {
  std::string serial;
  std::vector<Bytes> chain;  // DER: leaf, then the CAs up to the root, which is left out
  std::vector<std::string> names;
  Instant not_before, not_after;
};

// The CA that a request names when it names none of its own.
inline constexpr std::string_view kDefaultMicroCa = "microca";

// Safe from any thread.
class CaSigner {
 public:
  virtual ~CaSigner() = default;
  // Makes the CA kDefaultMicroCa unless it is there. Returns whether it was made now.
  virtual Result<bool> ensure_default(std::string_view actor) = 0;
  // Signs a leaf. Serial number and to-be-signed bytes are durable before the signature is made, the
  // certificate before it is returned. Of the request only key and DNS names are taken. kInvalid with the id
  // "csr-unreadable", "csr-wants-ca", "csr-key", "csr-names", "name-not-permitted", "profile-unknown",
  // "days"; kDenied with "ca-key-mismatch", "ca-waiting", "ca-expired": the CA does not sign at all.
  virtual Result<SignedLeaf> sign(const SignRequest& request) = 0;
  // Puts a certificate on the CA's CRL and signs that anew. kConflict ("revoked-already"); kNotFound if it
  // is not this CA's.
  virtual Status revoke(std::string_view ca, std::string_view serial, int reason, std::string_view actor) = 0;
  // Signs the CRLs anew that have passed half of their life. Cheap if none has.
  virtual Status tend() = 0;
};

struct CaInput {
  std::string name = {};      // "": kDefaultMicroCa
  std::string key_type = {};  // "": p256; also p384, rsa3072, rsa4096
  int years = 10;
  std::vector<std::string> permitted = {};  // DNS trees
  std::string crl_url = {};
  bool subordinate = false;
};

// Ids: "ca-waiting", "ca-key-mismatch" (and others that keep it from being opened), "ca-expired",
// "ca-expires", "crl-expired", "crl-old".
struct CaProblem {
  Health severity = Health::kYellow;
  std::string id;
  std::string detail;  // one sentence
};
struct CaView {
  CaRecord record;
  std::optional<CertificateFacts> facts;  // of its certificate; nothing while that is awaited
  std::vector<CaProblem> problems;
  Health health() const {
    Health worst = Health::kGreen;
    for (const CaProblem& problem : problems) worst = std::max(worst, problem.severity);
    return worst;
  }
};

// The CAs as their administrator sees them.
class CaKeeper : public CaSigner {
 public:
  // Makes key and certificate (or request) and the issuer of the same name. kInvalid, kConflict.
  virtual Result<CaView> create(const CaInput& input, std::string_view actor) = 0;
  // Takes the answer to a subordinate CA's request: certificates in any order. Errors are kInvalid with the
  // ids "certificate-key", "certificate-expired", "certificate-not-yet-valid", "certificate-garbage",
  // "certificate-chain", "certificate-no-ca", "certificate-name"; kConflict ("not-waiting") for a CA that is
  // no subordinate one.
  virtual Result<CaView> complete(std::string_view name, const std::vector<Bytes>& certificates,
                                  std::string_view actor) = 0;
  virtual Result<std::vector<CaView>> list() = 0;
  virtual Result<CaView> show(std::string_view name) = 0;
  // The present CRL, DER; signed now if there is none yet or the last one is past half of its life.
  virtual Result<Bytes> crl(std::string_view name) = 0;
  virtual Result<std::vector<IssuedRecord>> issued(std::string_view name, std::string_view after,
                                                   std::size_t limit) = 0;
};

}  // namespace certstead

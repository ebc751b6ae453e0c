// What is found out about a certificate beyond its dates and names: strength, chain, revocation.
#pragma once

#include "model/credential.h"
#include "model/trusted_root.h"

namespace certstead {

enum class RevocationStatus {
  kNotOffered,  // the certificate names neither a CRL nor a responder
  kGood,
  kRevoked,
  kUnknown  // nobody gave an answer that can be believed
};
std::string_view revocation_status_name(RevocationStatus status);
Result<RevocationStatus> parse_revocation_status(std::string_view text);
// "keyCompromise" for 1 (RFC 5280 section 5.3.1); the number for one without a name.
std::string revocation_reason_name(int reason);

struct RevocationAnswer {
  RevocationStatus status = RevocationStatus::kUnknown;
  std::string source;  // URL of who said so
  std::string detail;  // why it is not known, one sentence
  std::optional<Instant> revoked_at;
  std::optional<int> reason;           // RFC 5280 section 5.3.1
  std::optional<Instant> valid_until;  // when a newer answer is promised
};

// Port: asks the CA whether a certificate still counts.
class RevocationSource {
 public:
  virtual ~RevocationSource() = default;
  // `chain`: DER, the leaf, then its issuer where it is known. Never an error: what goes wrong is kUnknown
  // with its reason. Blocks until `deadline` at most. Safe from any thread.
  virtual RevocationAnswer ask(const std::vector<Bytes>& chain, Instant now, Deadline deadline) = 0;
  // The issuers of `certificate` that it says where to fetch (caIssuers of RFC 5280 section 4.2.2.1), DER.
  // Nothing in them is trusted yet. Empty if it names none.
  virtual Result<std::vector<Bytes>> fetch_issuers(BytesView certificate, Deadline deadline) = 0;
};

struct ChainReport {
  std::string key;                      // "P-256", "RSA 1024"
  std::string signature;                // "sha256WithRSAEncryption", of the leaf
  std::vector<std::string> weaknesses;  // half sentences: "the leaf's key is RSA with 1024 bits only"
  bool root_known = false;              // the chain leads to a trusted root
  std::string top_issuer;               // who signed its last certificate
  std::string problem;                  // why it leads to no root, for a person
};

// Port: judges a chain by its bytes.
class ChainInspector {
 public:
  virtual ~ChainInspector() = default;
  // `chain`: DER, leaf first. kInvalid if a certificate is not readable.
  virtual Result<ChainReport> inspect(const std::vector<Bytes>& chain, const std::vector<TrustedRoot>& roots,
                                      Instant now) = 0;
  // The subjectKeyIdentifier, lower-case hex; "" without one.
  virtual Result<std::string> key_id(BytesView certificate) = 0;
  // The best chain for the leaf of `chain` out of its own certificates, `roots` and `more`: leaf first, root
  // left out. kInvalid ("path-untrusted", "path-invalid") if none leads to a trusted root.
  virtual Result<std::vector<Bytes>> complete(const std::vector<Bytes>& chain, const std::vector<Bytes>& more,
                                              const std::vector<TrustedRoot>& roots, Instant now) = 0;
};

// What the last look at one active version found. The store has one for each from the moment it is activated.
struct VersionCheck {
  std::string version_id, set_id;
  Instant next_check;                 // when the next look is due
  std::optional<Instant> checked_at;  // nothing: not looked at yet, and all below is empty
  std::string key, signature, top_issuer, chain_problem;
  std::vector<std::string> weaknesses;
  bool root_known = true;
  RevocationStatus revocation = RevocationStatus::kNotOffered;
  std::string revocation_source, revocation_detail;
  std::optional<Instant> revoked_at;
  std::optional<int> revocation_reason;
  std::optional<Instant> revocation_known_at;  // of the last answer that could be believed
  std::optional<Instant> unknown_since;        // when answers began to fail
};

// Port: the checks in the store.
class VersionChecks {
 public:
  virtual ~VersionChecks() = default;
  // Replaces the check of a version. kNotFound if that version is not active any more.
  virtual Status put_check(const VersionCheck& check) = 0;
  virtual Result<std::vector<VersionCheck>> checks_of_set(std::string_view set_id) = 0;
  // At most `limit` with next_check at or before `now`, the longest overdue first.
  virtual Result<std::vector<VersionCheck>> checks_due(Instant now, std::size_t limit) = 0;
  // How many sets have an active chain that ends below `root` or holds it.
  virtual Result<std::int64_t> sets_using(const TrustedRoot& root) = 0;
  // Makes every one (with a set id: of that set) due now.
  virtual Status make_due(std::string_view set_id, Instant now) = 0;
};

}  // namespace certstead

// Credential sets and the versions of their credentials.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/key_type.h"
#include "model/certificate_facts.h"
#include "model/domain_name.h"
#include "model/sealed.h"

namespace certstead {

enum class SetStatus {
  kDraft,
  kPending,
  kWaiting,
  kIssued,
  kRenewing,
  kRevoking,
  kRevoked,
  kError,
  kArchived,
  kExpired
};
std::string_view set_status_name(SetStatus status);
Result<SetStatus> parse_set_status(std::string_view text);

// How the last run of an operation went: stands beside the health of the certificate, and is never hidden by
// it.
struct Operation {
  int failures = 0;  // in a row
  std::string last_error, last_error_id;
  std::optional<Instant> last_try, next_try;
};

// Names that are requested, renewed, deployed and rolled back together, once per key type.
struct CredentialSet {
  std::string id;    // random, never reused
  std::string name;  // what people call it; unique; the first host name unless chosen
  std::vector<HostPattern> names;
  std::vector<KeyType> key_types;
  std::string flow = "acme";    // "acme", "manual", "import", "microca", "external"
  std::string issuer;           // name of the issuer
  std::string account;          // name of the account at it
  std::string profile;          // ACME profile, "" for the CA's default
  std::string preferred_chain;  // common name of an issuer in the wanted chain, "" for the CA's default
  bool reuse_key = false;
  bool exportable = false;           // the keys made from now on are granted to the export identity too
  bool self_check = true;            // fetch the challenge ourselves before the CA is told to look
  std::vector<std::string> members;  // ids of the members with access
  std::vector<std::string> tags;     // labels for look-ups without a name
  SetStatus status = SetStatus::kDraft;
  Operation operation;
  std::optional<Instant> renew_at;  // when the next renewal starts
  std::string renew_why;            // "ari", "last third", "forced"
  std::optional<Instant> ari_poll_at;
  Instant created;
  std::int64_t revision = 0;  // rises with every change; for optimistic locking and ETags
};

enum class VersionState { kActive, kArchived, kRevoked };
std::string_view version_state_name(VersionState state);
Result<VersionState> parse_version_state(std::string_view text);

// One certificate with its key: what a set served, serves or served once.
struct CredentialVersion {
  std::string id;  // random
  std::string set_id;
  KeyType key_type = KeyType::kP256;
  std::int64_t version = 1;  // counts up per set; the credentials of one activation share it
  VersionState state = VersionState::kActive;
  SealedSecret key;  // the private key, DER as PrivateKey::to_der
  std::vector<Grant> grants;
  std::vector<Bytes> chain;  // DER: leaf, then intermediates; the root left out
  CertificateFacts facts;
  std::string issuer, account;
  Instant activated;
  std::optional<Instant> ended;  // archived or revoked
  std::optional<int> revocation_reason;
  // The manager's signature over what members are told (see feed.h); made when the version is activated.
  std::string signer;
  Bytes signature;
};

}  // namespace certstead

// Use cases of credential sets.
#pragma once

#include "manager/context.h"
#include "model/certificate_findings.h"
#include "model/deployment_health.h"

namespace certstead {

struct RequestInput {
  std::string name;                    // "": the first host
  std::vector<std::string> hosts;      // as typed: U-labels, upper case, "*." allowed
  std::vector<std::string> key_types;  // "": p256 and rsa2048
  std::string issuer;                  // "": the setting "default-issuer"
  std::string account;                 // "": "default"
  std::string email;                   // for an account that has to be made
  bool agree_tos = false;
  std::string profile, preferred_chain;
  bool reuse_key = false;
  bool exportable = false;  // needs the export identity; see model/export_identity.h
  bool self_check = true;
  std::vector<std::string> tags;
  std::optional<std::vector<std::string>> members;  // nothing: every member with all_credentials
  bool dry_run = false;                             // check everything, change nothing
};

struct RequestOutcome {
  CredentialSet set;
  std::string job_id;  // "" if there was nothing to do or on a dry run
  bool created = false;
  std::string summary;  // one sentence: what was or would be done
};

// A set with everything that is known of it.
struct SetView {
  CredentialSet set;
  std::vector<CredentialVersion> versions;  // newest first; in lists the active ones alone
  std::size_t archived = 0;                 // versions that are not active
  HealthReport health;
  std::vector<VersionCheck> checks;  // of the active versions
  std::vector<Order> orders;         // unfinished
  std::vector<DeploymentReport> deployments;
  std::vector<ViewHolding> views;
};

// One line about a set: how it is, and how far its certificates have come.
struct SetStatusLine {
  CredentialSet set;
  HealthReport health;
  std::optional<Instant> expires;   // the first of the active certificates
  std::optional<Instant> issued;    // the newest of them
  std::optional<Instant> next_try;  // of what is failing, else of the renewal
  DeploymentFacts reach;
};

class Requests {
 public:
  explicit Requests(Context context) : context_(context) {}

  // Makes a set and the job that gets its certificates; with the same names, key types and issuer as a set
  // that is there it changes nothing (created = false); with other names under the same set name it changes
  // the set and gets new certificates, the old ones serving until then. kInvalid names the wrong field;
  // kDenied with id "terms-not-agreed", "eab-needed" or "account-needed" says what a person must do first.
  Result<RequestOutcome> request(const RequestInput& input, const Actor& actor);
  // Starts a renewal now. Without `force` nothing happens (job_id "") while the set is not due.
  Result<RequestOutcome> renew(std::string_view name, bool force, const Actor& actor);
  // Revokes all active versions (or those of one key type) at the CA, with a reason of RFC 5280
  // section 5.3.1; new ones are requested first unless `leave_empty`.
  // A set whose certificates are revoked already, and that is to get no new ones, has nothing to do: its
  // outcome has job_id "".
  Result<RequestOutcome> revoke(std::string_view name, int reason, bool leave_empty, const Actor& actor);
  // Stops serving and renewing; versions stay in the archive. Nothing is revoked.
  Status remove(std::string_view name, const Actor& actor);

  Result<SetView> show(std::string_view name);
  // At most `limit` sets after the name `after`, with versions and health.
  Result<std::vector<SetView>> list(std::string_view after, std::size_t limit);
  Result<std::vector<SetStatusLine>> status(std::string_view after, std::size_t limit);

 private:
  Context context_;
};

// "keyCompromise", "superseded", ... (RFC 5280 names, any case, hyphens allowed) or the number; kInvalid
// lists them.
Result<int> parse_revocation_reason(std::string_view text);

}  // namespace certstead

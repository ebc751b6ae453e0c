// Facts of one order at a CA: everything that is needed to go on with it after a crash.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/key_type.h"
#include "model/domain_name.h"
#include "model/sealed.h"

namespace certstead {

// Status words of RFC 8555 section 7.1.6; kNone: not known yet.
enum class AcmeStatus {
  kNone,
  kPending,
  kReady,
  kProcessing,
  kValid,
  kInvalid,
  kDeactivated,
  kExpired,
  kRevoked
};
std::string_view acme_status_name(AcmeStatus status);
// Unknown words become kNone.
AcmeStatus parse_acme_status(std::string_view text);

// How one name is to be proved: decided once for an order, before the CA shows its authorizations.
struct ChallengePlan {
  std::string name;         // "*.example.com"
  std::string type;         // "http-01", "dns-01", ...: see dns_challenge.h
  std::string dns_account;  // name of the DNS account, "" for http-01
};

// The one challenge chosen for an authorization.
struct ChosenChallenge {
  std::string type, url, token, key_authorization;
  bool published = false;  // every local member shows it; the DNS provider took it
  bool checked = false;    // the self check passed, or is switched off; every name server shows it
  bool answered = false;   // the CA was told to look
  // Over DNS. The CA looks for a TXT record with this value at this name:
  std::string validation_name = {}, txt_value = {};
  std::vector<std::string> issuer_domains = {};  // dns-persist-01: any of these may stand for the CA
  // where it was written, after CNAME and DNAME, by whom and when.
  std::string record_name = {}, record_zone = {}, dns_account = {};
  std::optional<Instant> published_at = {};
};

struct Authorization {
  std::string url;
  std::string identifier;  // as the CA names it, A-labels; "" until fetched
  bool wildcard = false;
  AcmeStatus status = AcmeStatus::kNone;
  std::optional<ChosenChallenge> challenge;
};

struct Order {
  std::string id;  // ours: the unique key, made before the CA hears of it
  std::string set_id;
  std::string job_id;
  KeyType key_type = KeyType::kP256;
  std::int64_t version = 1;  // of the credential that it is for
  std::string issuer, account;
  std::vector<HostPattern> names;
  std::string profile, preferred_chain;
  std::string replaces;  // ARI id of the certificate that it replaces, "" for none (RFC 9773 section 5)
  bool self_check = true;
  bool planned = false;  // `plan` is decided
  std::vector<ChallengePlan> plan;

  // At the CA. An empty url: the CA has not been asked yet, or its answer was lost.
  std::string url, finalize_url, certificate_url;
  AcmeStatus status = AcmeStatus::kNone;
  std::vector<Authorization> authorizations;
  std::string step_begun;  // name of the outside step that was started and whose outcome is not recorded
  int create_attempts = 0;

  // Ours. The key is made and sealed before the CSR leaves.
  SealedSecret key;
  std::vector<Grant> grants;
  Bytes csr;
  bool finalize_sent = false;
  std::vector<Bytes> chain;  // downloaded and checked: leaf, intermediates
  bool chain_accepted = false;

  int polls = 0;                      // since the last change
  std::optional<Instant> not_before;  // no step before this moment (Retry-After, poll interval)
  // Set when the order can't succeed any more: sentence for a person, id for programs.
  std::string error, error_id;
  std::optional<Instant> error_retry_after;
  Instant created;
};

}  // namespace certstead

// What a CA answers, read strictly into plain data (RFC 8555 section 7.1, RFC 9773 section 4.2). Every string
// that is used as a URL or a token has been checked here. Errors are kInvalid.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acme_client/problem.h"
#include "model/issuer.h"

namespace certstead {

// Which URLs of a CA may be followed: https, or http as well if its directory itself is http (a lab).
class CaUrlRule {
 public:
  explicit CaUrlRule(std::string_view directory_url) : http_too_(directory_url.starts_with("http://")) {}
  // kInvalid unless `url` is one of visible ASCII characters, at most 2000, with a host.
  Status check(std::string_view url, std::string_view what) const;

 private:
  bool http_too_;
};

struct AcmeDirectory {
  std::string new_nonce, new_account, new_order;
  std::string revoke_cert, key_change, renewal_info;  // "": not offered
  DirectoryFacts facts;
};
Result<AcmeDirectory> read_directory(std::string_view text, const CaUrlRule& urls);

struct AcmeOrder {
  AcmeStatus status = AcmeStatus::kNone;
  std::vector<std::string> authorizations;
  std::string finalize, certificate;  // "": not there yet
  std::optional<Problem> error;
};
Result<AcmeOrder> read_order(std::string_view text, const CaUrlRule& urls);

struct AcmeChallenge {
  // url and token are read for the types that we know; dns-persist-01 has no token
  std::string type, url, token;
  std::string status;  // "pending", "processing", "valid", "invalid"
  std::optional<Problem> error;
  // dns-persist-01: who may stand for the CA in the record, and the account if it names it
  std::vector<std::string> issuer_domains;
  std::string account_uri;
  std::string unreadable;  // why a challenge over DNS can't be used, "" if it can
};
struct AcmeAuthorization {
  std::string identifier_type, identifier;
  bool wildcard = false;
  AcmeStatus status = AcmeStatus::kNone;
  std::vector<AcmeChallenge> challenges;
};
// Challenges of types that we do not know are kept by their type alone, whatever else they hold; so are those
// over DNS that can't be read.
Result<AcmeAuthorization> read_authorization(std::string_view text, const CaUrlRule& urls);
// The answer to the answering of a challenge.
Result<AcmeChallenge> read_challenge(std::string_view text, const CaUrlRule& urls);

// "valid", "deactivated", "revoked", ...
Result<std::string> read_account_status(std::string_view text);

// `poll_after` is left for the caller, who has the header.
Result<RenewalInfo> read_renewal_info(std::string_view text);

// True for 1 to 128 characters of the base64url alphabet: what may become part of a path.
bool is_challenge_token(std::string_view token);

}  // namespace certstead

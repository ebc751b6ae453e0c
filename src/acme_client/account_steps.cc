#include "acme_client/account_steps.h"

#include <algorithm>
#include <boost/json/value.hpp>

#include "base/text.h"
#include "jose/jwk.h"
#include "jose/jws.h"
#include "json/json.h"

namespace certstead {
namespace {

// One plain address, as RFC 8555 section 7.3 wants it: no header fields, no list.
Status check_email(std::string_view email) {
  const std::size_t at = email.find('@');
  const bool plain =
      email.size() <= 254 && std::all_of(email.begin(), email.end(), [](unsigned char c) {
        return c > ' ' && c < 0x7f && std::string_view("\"(),:;<>?&%\\[]").find(c) == std::string_view::npos;
      });
  if (plain && at != std::string_view::npos && at > 0 && at + 1 < email.size() &&
      email.find('@', at + 1) == std::string_view::npos)
    return Done{};
  return invalid("\"" + printable(email, 100) +
                     "\" is no e-mail address that a CA takes; write one like me@example.com.",
                 "email");
}

// A member whose value is JSON text already.
std::string with_member(std::string object, std::string_view name, std::string_view json) {
  const std::string_view comma = object.size() > 2 ? "," : "";
  object.insert(object.size() - 1, std::string(comma) + "\"" + std::string(name) + "\":" + std::string(json));
  return object;
}

}  // namespace

std::string AccountSteps::ca_refused(std::string_view what) const {
  return access_.issuer.name + " refused " + std::string(what);
}

Status AccountSteps::check_conditions(const AcmeDirectory& directory, const SecretBytes& eab_hmac) const {
  const std::string& terms = directory.facts.terms_of_service;
  if (!terms.empty() && terms != access_.account.agreed_terms)
    return denied(
        access_.issuer.name + " wants agreement to its terms of service: read " + terms + " and agree.",
        "terms-not-agreed");
  const bool needed = directory.facts.external_account_required || access_.issuer.needs_eab;
  if (needed && (eab_hmac.empty() || access_.account.eab_kid.empty()))
    return denied(
        access_.issuer.name +
            " binds accounts to one that you have with it already: give the key id and the HMAC key (EAB) "
            "that it shows there.",
        "eab-needed");
  return Done{};
}

Result<std::string> AccountSteps::new_account_payload(const AcmeDirectory& directory,
                                                      const SecretBytes& eab_hmac) const {
  boost::json::object payload;
  // Also where the directory names no terms: some CAs insist.
  payload["termsOfServiceAgreed"] = true;
  if (!access_.account.email.empty()) {
    CHECK_OK(check_email(access_.account.email));
    payload["contact"] = boost::json::array{"mailto:" + access_.account.email};
  }
  std::string text = to_json_text(payload);
  if (eab_hmac.empty()) return text;
  TRY(const std::string jwk, jwk_text(key_.public_key()));
  TRY(const std::string binding,
      sign_jws_hs256(eab_hmac, {directory.new_account, "", access_.account.eab_kid}, jwk));
  return with_member(std::move(text), "externalAccountBinding", binding);
}

Result<Account> AccountSteps::register_account(const SecretBytes& eab_hmac) {
  TRY(const auto directory, session_.directory(deadline_));
  CHECK_OK(check_conditions(*directory, eab_hmac));
  TRY(const std::string payload, new_account_payload(*directory, eab_hmac));
  TRY(const HttpResponse response, session_.post(directory->new_account, {key_, ""}, payload, deadline_));
  if (const auto problem = problem_of(response, clock_.now()))
    return to_error(*problem, ca_refused("the account"));
  Account account = access_.account;
  account.url = std::string(response.headers.get("Location"));
  const Status usable = session_.urls().check(account.url, "Location");
  if (!usable) return garbled(usable.error());
  TRY(const std::string_view body, json_body(response));
  auto status = read_account_status(body);
  if (!status) return garbled(status.error());
  account.status = std::move(*status);
  return account;
}

Result<std::string> AccountSteps::find_by_key(const PrivateKey& key) {
  TRY(const auto directory, session_.directory(deadline_));
  TRY(const HttpResponse response,
      session_.post(directory->new_account, {key, ""}, R"({"onlyReturnExisting":true})", deadline_));
  const auto problem = problem_of(response, clock_.now());
  if (!problem) return std::string(response.headers.get("Location"));
  if (problem->type == "accountDoesNotExist") return std::string();
  return to_error(*problem, ca_refused("to look for the account"));
}

Status AccountSteps::roll_key(const PrivateKey& next_key) {
  TRY(const auto directory, session_.directory(deadline_));
  const std::string& url = directory->key_change;
  if (url.empty() || !access_.issuer.account_key_rollover)
    return invalid(access_.issuer.name + " does not change account keys; register a new account instead.",
                   "no-key-rollover");
  TRY(const std::string old_jwk, jwk_text(key_.public_key()));
  boost::json::object change;
  change["account"] = access_.account.url;
  TRY(const std::string inner,
      sign_jws(next_key, {url, "", ""}, with_member(to_json_text(change), "oldKey", old_jwk)));
  TRY(const HttpResponse response, session_.post(url, {key_, access_.account.url}, inner, deadline_));
  const auto problem = problem_of(response, clock_.now());
  if (!problem) return Done{};
  // The old key is refused too when an earlier try went through and its answer was lost.
  if (problem->status < 500 && problem->type != "rateLimited") {
    const auto owner = find_by_key(next_key);
    if (owner && *owner == access_.account.url) return Done{};
  }
  return to_error(*problem, ca_refused("the new account key"));
}

Status AccountSteps::deactivate() {
  TRY(const HttpResponse response, session_.post(access_.account.url, {key_, access_.account.url},
                                                 R"({"status":"deactivated"})", deadline_));
  const auto problem = problem_of(response, clock_.now());
  // An account that is gone is what was wanted.
  if (!problem || problem->type == "accountDoesNotExist") return Done{};
  return to_error(*problem, ca_refused("to deactivate the account"));
}

}  // namespace certstead

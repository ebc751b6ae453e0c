#include "acme_client/acme_objects.h"

#include <algorithm>
#include <boost/json/value.hpp>

#include "base/text.h"
#include "json/json.h"
#include "model/dns_challenge.h"

namespace certstead {
namespace {

constexpr JsonLimits kLimits{512 * 1024, 16};
constexpr std::size_t kMaxUrl = 2000;
constexpr std::size_t kMaxAuthorizations = 1000;
constexpr std::size_t kMaxChallenges = 50;
constexpr std::size_t kMaxProfiles = 50;
constexpr std::size_t kMaxIssuerDomains = 10;

// A URL that may be absent: "" then.
Result<std::string> optional_url(const JsonObject& object, std::string_view name, const CaUrlRule& urls) {
  TRY(const auto url, object.optional_string(name));
  if (!url || url->empty()) return std::string();
  CHECK_OK(urls.check(*url, object.path_of(name)));
  return *url;
}

Result<std::string> needed_url(const JsonObject& object, std::string_view name, const CaUrlRule& urls) {
  TRY(const std::string url, object.string(name));
  CHECK_OK(urls.check(url, object.path_of(name)));
  return url;
}

// For people only: anything that is no harmless URL counts as absent.
std::string shown_url(const JsonObject& object, std::string_view name) {
  const auto url = object.optional_string(name);
  if (!url || !*url || !CaUrlRule("http://").check(**url, name)) return {};
  return **url;
}

std::vector<std::string> profile_names(const JsonObject& meta) {
  std::vector<std::string> names;
  const auto profiles = meta.optional_object("profiles");
  if (!profiles || !*profiles) return names;
  for (const auto& member : (*profiles)->members()) {
    if (names.size() < kMaxProfiles) names.push_back(printable(member.key(), 60));
  }
  return names;
}

// Only what can stand in a CAA record.
std::vector<std::string> caa_identities(const JsonObject& meta) {
  std::vector<std::string> out;
  const auto names = meta.optional_strings("caaIdentities");
  if (!names || !*names) return out;
  for (const std::string& text : **names) {
    const auto name = DomainName::parse(text);
    if (name && out.size() < kMaxIssuerDomains) out.push_back(name->ascii());
  }
  return out;
}

DirectoryFacts read_meta(const JsonObject& directory) {
  DirectoryFacts facts;
  const auto meta = directory.optional_object("meta");
  if (!meta || !*meta) return facts;  // also a "meta" of another type: nothing in it is needed
  facts.terms_of_service = shown_url(**meta, "termsOfService");
  facts.website = shown_url(**meta, "website");
  facts.external_account_required =
      (*meta)->optional_boolean("externalAccountRequired").value_or(std::nullopt).value_or(false);
  facts.profiles = profile_names(**meta);
  facts.caa_identities = caa_identities(**meta);
  return facts;
}

Result<std::optional<Problem>> optional_problem(const JsonObject& object) {
  TRY(const auto error, object.optional_object("error"));
  if (!error) return std::optional<Problem>();
  return std::optional<Problem>(read_problem(*error));
}

// What dns-persist-01 has in the place of a token (draft-ietf-acme-dns-persist, section 3).
Status read_persist(const JsonObject& object, AcmeChallenge& challenge) {
  TRY(const auto domains, object.optional_strings("issuer-domain-names"));
  if (!domains || domains->empty() || domains->size() > kMaxIssuerDomains)
    return invalid("The CA's dns-persist-01 challenge names no issuer domain, or too many of them.",
                   "dns-persist");
  for (const std::string& domain : *domains) {
    TRY(const DomainName name, DomainName::parse(domain));
    challenge.issuer_domains.push_back(name.ascii());
  }
  TRY(const auto account, object.optional_string("accounturi"));
  if (account && (account->find_first_of("; \"\\") != std::string::npos ||
                  !CaUrlRule("http://").check(*account, "accounturi")))
    return invalid("The CA's dns-persist-01 challenge names an account by what is no URL.", "dns-persist");
  challenge.account_uri = account.value_or("");
  return Done{};
}

Status read_known(const JsonObject& object, const CaUrlRule& urls, AcmeChallenge& challenge) {
  TRY(challenge.url, needed_url(object, "url", urls));
  if (challenge.type == kDnsPersist01) {
    CHECK_OK(read_persist(object, challenge));
  } else {
    TRY(challenge.token, object.string("token"));
  }
  TRY(challenge.status, object.string("status"));
  TRY(challenge.error, optional_problem(object));
  return Done{};
}

Result<AcmeChallenge> challenge_of(const JsonObject& object, const CaUrlRule& urls) {
  AcmeChallenge challenge;
  TRY(challenge.type, object.string("type"));
  challenge.type = printable(challenge.type, 60);
  const bool dns = is_dns_challenge(challenge.type);
  if (challenge.type != kHttp01 && !dns) return challenge;
  const Status read = read_known(object, urls, challenge);
  if (read) return challenge;
  if (!dns) return read.error();
  challenge.unreadable = read.error().detail;
  return challenge;
}

}  // namespace

Status CaUrlRule::check(std::string_view url, std::string_view what) const {
  const bool https = url.starts_with("https://");
  if (!https && !(http_too_ && url.starts_with("http://")))
    return invalid("The CA's \"" + std::string(what) + "\" is \"" + printable(url, 100) +
                       "\"; only https URLs are followed.",
                   "acme-url");
  const std::string_view rest = url.substr(https ? 8 : 7);
  const bool visible = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; });
  const std::size_t host_end = rest.find_first_of("/?#");
  const std::string_view authority = rest.substr(0, host_end);
  if (url.size() > kMaxUrl || !visible || authority.empty() || authority.find('@') != std::string_view::npos)
    return invalid(
        "The CA's \"" + std::string(what) + "\" is no usable URL: \"" + printable(url, 100) + "\".",
        "acme-url");
  return Done{};
}

Result<AcmeDirectory> read_directory(std::string_view text, const CaUrlRule& urls) {
  TRY(const boost::json::value value, parse_json(text, kLimits));
  TRY(const JsonObject object, JsonObject::of(value));
  AcmeDirectory directory;
  TRY(directory.new_nonce, needed_url(object, "newNonce", urls));
  TRY(directory.new_account, needed_url(object, "newAccount", urls));
  TRY(directory.new_order, needed_url(object, "newOrder", urls));
  TRY(directory.revoke_cert, optional_url(object, "revokeCert", urls));
  TRY(directory.key_change, optional_url(object, "keyChange", urls));
  TRY(directory.renewal_info, optional_url(object, "renewalInfo", urls));
  directory.facts = read_meta(object);
  directory.facts.offers_renewal_info = !directory.renewal_info.empty();
  return directory;
}

Result<AcmeOrder> read_order(std::string_view text, const CaUrlRule& urls) {
  TRY(const boost::json::value value, parse_json(text, kLimits));
  TRY(const JsonObject object, JsonObject::of(value));
  AcmeOrder order;
  TRY(const std::string status, object.string("status"));
  order.status = parse_acme_status(status);
  if (order.status == AcmeStatus::kNone)
    return invalid("The CA gives the order the unknown status \"" + printable(status, 40) + "\".",
                   "acme-status");
  TRY(const auto authorizations, object.optional_strings("authorizations"));
  if (authorizations) order.authorizations = *authorizations;
  if (order.authorizations.size() > kMaxAuthorizations)
    return invalid("The CA lists more than " + std::to_string(kMaxAuthorizations) +
                   " authorizations for one order.");
  for (const std::string& url : order.authorizations) CHECK_OK(urls.check(url, "authorizations"));
  TRY(order.finalize, optional_url(object, "finalize", urls));
  TRY(order.certificate, optional_url(object, "certificate", urls));
  TRY(order.error, optional_problem(object));
  return order;
}

Result<AcmeAuthorization> read_authorization(std::string_view text, const CaUrlRule& urls) {
  TRY(const boost::json::value value, parse_json(text, kLimits));
  TRY(const JsonObject object, JsonObject::of(value));
  AcmeAuthorization authorization;
  TRY(const JsonObject identifier, object.object("identifier"));
  TRY(authorization.identifier_type, identifier.string("type"));
  TRY(authorization.identifier, identifier.string("value"));
  TRY(const std::string status, object.string("status"));
  authorization.status = parse_acme_status(status);
  if (authorization.status == AcmeStatus::kNone)
    return invalid("The CA gives the authorization the unknown status \"" + printable(status, 40) + "\".",
                   "acme-status");
  TRY(const auto wildcard, object.optional_boolean("wildcard"));
  authorization.wildcard = wildcard.value_or(false);
  TRY(const auto challenges, object.optional_objects("challenges"));
  if (!challenges) return authorization;
  if (challenges->size() > kMaxChallenges)
    return invalid("The CA lists more than " + std::to_string(kMaxChallenges) + " challenges for one name.");
  for (const JsonObject& one : *challenges) {
    TRY(AcmeChallenge challenge, challenge_of(one, urls));
    authorization.challenges.push_back(std::move(challenge));
  }
  return authorization;
}

Result<AcmeChallenge> read_challenge(std::string_view text, const CaUrlRule& urls) {
  TRY(const boost::json::value value, parse_json(text, kLimits));
  TRY(const JsonObject object, JsonObject::of(value));
  return challenge_of(object, urls);
}

Result<std::string> read_account_status(std::string_view text) {
  TRY(const boost::json::value value, parse_json(text, kLimits));
  TRY(const JsonObject object, JsonObject::of(value));
  TRY(const auto status, object.optional_string("status"));
  // Some CAs leave it out of the answer to an account that they know.
  return printable(status.value_or("valid"), 40);
}

Result<RenewalInfo> read_renewal_info(std::string_view text) {
  TRY(const boost::json::value value, parse_json(text, kLimits));
  TRY(const JsonObject object, JsonObject::of(value));
  TRY(const JsonObject window, object.object("suggestedWindow"));
  TRY(const std::string start, window.string("start"));
  TRY(const std::string end, window.string("end"));
  RenewalInfo info;
  TRY(info.window_start, parse_rfc3339(start));
  TRY(info.window_end, parse_rfc3339(end));
  if (info.window_end <= info.window_start)
    return invalid("The CA's renewal window ends before it starts.", "ari-window");
  info.explanation_url = shown_url(object, "explanationURL");
  return info;
}

bool is_challenge_token(std::string_view token) {
  return !token.empty() && token.size() <= 128 && std::all_of(token.begin(), token.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  });
}

}  // namespace certstead

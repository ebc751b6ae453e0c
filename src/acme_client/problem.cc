#include "acme_client/problem.h"

#include <algorithm>
#include <boost/json/value.hpp>

#include "acme_client/retry_after.h"
#include "base/text.h"
#include "json/json.h"
#include "model/domain_name.h"

namespace certstead {
namespace {

constexpr std::string_view kPrefix = "urn:ietf:params:acme:error:";
constexpr JsonLimits kLimits{256 * 1024, 16};

// A member for a person: absent or of another type counts as empty.
std::string text_of(const JsonObject& object, std::string_view name, std::size_t max) {
  const auto text = object.optional_string(name);
  return text && *text ? printable(**text, max) : std::string();
}

std::string type_of(const JsonObject& problem) {
  const std::string type = text_of(problem, "type", 100);
  return type.starts_with(kPrefix) ? type.substr(kPrefix.size()) : std::string();
}

void read_parts(const JsonObject& problem, Problem& out) {
  const auto parts = problem.optional_objects("subproblems");
  if (!parts || !*parts) return;
  for (const JsonObject& part : **parts) {
    if (out.parts.size() == kMaxProblemParts) {
      ++out.more_parts;
      continue;
    }
    const auto identifier = part.optional_object("identifier");
    out.parts.push_back({identifier && *identifier ? text_of(**identifier, "value", 120) : std::string(),
                         type_of(part), text_of(part, "detail", 200)});
  }
}

// "badCSR" becomes "bad-csr"; "" for anything but letters.
std::string kebab(std::string_view camel) {
  std::string out;
  char before = 'A';
  for (const char c : camel) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    if (!upper && !lower) return {};
    if (upper && before >= 'a') out += '-';
    out += upper ? static_cast<char>(c - 'A' + 'a') : c;
    before = c;
  }
  return out;
}

Code code_of(const Problem& problem) {
  if (problem.type == "rateLimited" || problem.status == 429) return Code::kLimited;
  if (problem.type == "alreadyRevoked" || problem.type == "alreadyReplaced") return Code::kConflict;
  if (!is_final(problem)) return Code::kUnavailable;
  switch (problem.status) {
    case 401:
    case 403:
      return Code::kDenied;
    case 404:
    case 410:
      return Code::kNotFound;
    case 409:
      return Code::kConflict;
    default:
      return Code::kInvalid;
  }
}

// Troubles of the account: the way out is the same whatever was asked.
std::optional<Error> account_error(const Problem& problem, std::string_view what) {
  const std::string said = std::string(what) + ": " + describe(problem);
  if (problem.type == "accountDoesNotExist")
    return denied(said + ". The CA does not know the account; it has to be registered again.",
                  "account-gone");
  if (problem.type == "externalAccountRequired")
    return denied(said + ". Give the key id and the HMAC key that the CA has for you.", "eab-needed");
  if (problem.type == "userActionRequired")
    return denied(said + ". Agree to the terms" +
                      (problem.instance.empty() ? std::string() : " at " + problem.instance) +
                      " and try again.",
                  "terms-not-agreed");
  return std::nullopt;
}

}  // namespace

Problem read_problem(const JsonObject& object) {
  Problem problem;
  problem.type = type_of(object);
  problem.detail = text_of(object, "detail", 400);
  if (problem.detail.empty()) problem.detail = text_of(object, "title", 200);
  if (problem.detail.empty()) problem.detail = problem.type.empty() ? "no reason was given" : problem.type;
  problem.instance = text_of(object, "instance", 300);
  read_parts(object, problem);
  return problem;
}

std::optional<Problem> problem_of(const HttpResponse& response, Instant now) {
  if (response.status >= 200 && response.status < 300) return std::nullopt;
  Problem problem;
  problem.detail = "it answered " + std::to_string(response.status);
  const auto value = parse_json(response.body, kLimits);
  if (value) {
    if (const auto object = JsonObject::of(*value)) problem = read_problem(*object);
  }
  problem.status = response.status;
  if (const std::string* header = response.headers.find("Retry-After")) {
    if (const auto wait = read_retry_after(*header, now))
      problem.retry_after = std::chrono::ceil<std::chrono::seconds>(std::min(*wait, kLongestRetry));
  }
  return problem;
}

std::string describe(const Problem& problem) {
  if (problem.parts.empty()) return problem.detail;
  std::string out = problem.detail + " (";
  for (const Problem::Part& part : problem.parts) {
    if (&part != &problem.parts.front()) out += "; ";
    if (!part.identifier.empty()) out += name_for_people(part.identifier) + ": ";
    out += part.detail.empty() ? part.type : part.detail;
  }
  if (problem.more_parts > 0) out += "; and " + std::to_string(problem.more_parts) + " more";
  return out + ")";
}

std::string error_id(const Problem& problem) {
  if (problem.status == 429) return "acme-rate-limited";
  const std::string words = kebab(problem.type);
  return words.empty() ? "acme-error" : "acme-" + words;
}

bool is_final(const Problem& problem) {
  for (const char* passing : {"rateLimited", "badNonce", "serverInternal", "accountDoesNotExist",
                              "userActionRequired", "externalAccountRequired"})
    if (problem.type == passing) return false;
  if (problem.status >= 500 || problem.status == 429 || problem.status == 408) return false;
  // Without an ACME type it was hardly the CA that spoke, but something in between; only "gone" is believed.
  return !problem.type.empty() || problem.status == 404 || problem.status == 410;
}

Error to_error(const Problem& problem, std::string_view what) {
  std::optional<Error> account = account_error(problem, what);
  Error error =
      account ? std::move(*account)
              : Error{code_of(problem), std::string(what) + ": " + describe(problem), error_id(problem)};
  error.retry_after = problem.retry_after;
  return error;
}

}  // namespace certstead

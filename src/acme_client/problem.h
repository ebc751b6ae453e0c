// Problem documents (RFC 7807 as RFC 8555 section 6.7 uses it): what a CA says when it says no.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "json/json_object.h"
#include "net/http_client.h"

namespace certstead {

// All strings are printable and bounded.
struct Problem {
  int status = 0;        // of HTTP, 0 inside other documents
  std::string type;      // "badNonce": the ACME error without its prefix; "" for any other type or none
  std::string detail;    // what the CA says, or "answered 502" where it says nothing
  std::string instance;  // URL for a person, "" if there is none
  struct Part {
    std::string identifier, type, detail;
  };
  std::vector<Part> parts;  // at most kMaxProblemParts
  std::size_t more_parts = 0;
  std::optional<std::chrono::seconds> retry_after;
};
inline constexpr std::size_t kMaxProblemParts = 8;

// Of an answer; nothing if its status is a success. Whatever the body is, the result is usable.
std::optional<Problem> problem_of(const HttpResponse& response, Instant now);
// Of an "error" member in an order or a challenge.
Problem read_problem(const JsonObject& problem);

// "DETAIL (a.test: DETAIL; b.test: DETAIL)".
std::string describe(const Problem& problem);
// "acme-rate-limited" for rateLimited; "acme-error" without a type.
std::string error_id(const Problem& problem);
// Whether the same request would fail again for as long as nothing changes. False for limits, troubles of the
// server, nonces, and whatever concerns the account as a whole.
bool is_final(const Problem& problem);
// `what` begins the sentence: "letsencrypt refused the order". The account's troubles get the ids
// "account-gone", "terms-not-agreed" and "eab-needed" whatever was asked.
Error to_error(const Problem& problem, std::string_view what);

}  // namespace certstead

#include <algorithm>

#include "base/text.h"
#include "net/egress.h"
#include "net/http_client.h"

namespace certstead {
namespace {

bool is_redirect(const HttpResponse& response) {
  const int status = response.status;
  return (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) &&
         response.headers.has("Location");
}

Status check_step(const EgressUrl& from, const EgressUrl& to, const RedirectRules& rules) {
  if (from.scheme == "https" && to.scheme == "http" && !rules.allow_downgrade) {
    return denied(printable(from.host) + " redirects from https to http, which is not followed",
                  "redirect-downgrade");
  }
  const auto port = parse_number(to.port);
  if (!rules.ports.empty() && std::ranges::find(rules.ports, port.value_or(0)) == rules.ports.end()) {
    return denied(
        printable(from.host) + " redirects to port " + printable(to.port) + ", which is not followed",
        "redirect-port");
  }
  return Done{};
}

}  // namespace

Result<FollowedResponse> follow_redirects(HttpClient& client, HttpRequest request, const RedirectRules& rules,
                                          Deadline deadline) {
  if (request.method != "GET" && request.method != "HEAD") {
    return invalid("redirects are followed for GET and HEAD only");
  }
  for (int hops = 0;; ++hops) {
    TRY(HttpResponse response, client.send(request, deadline));
    if (!is_redirect(response)) return FollowedResponse{std::move(response), std::move(request.url), hops};
    TRY(const EgressUrl from, parse_egress_url(request.url));
    if (hops == rules.max_hops) {
      return unavailable(
          printable(from.host) + " redirects more than " + std::to_string(rules.max_hops) + " times",
          "redirect-loop");
    }
    TRY(std::string next, resolve_url(request.url, response.headers.get("Location")));
    const auto to = parse_egress_url(next);
    if (!to)
      return denied(
          printable(from.host) + " redirects to something that is not followed: " + to.error().detail,
          "redirect-target");
    CHECK_OK(check_step(from, *to, rules));
    if (from.origin() != to->origin()) {
      for (const char* secret : {"Authorization", "Cookie", "Proxy-Authorization"})
        request.headers.remove(secret);
    }
    request.url = std::move(next);
  }
}

}  // namespace certstead

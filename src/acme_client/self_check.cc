#include "acme_client/self_check.h"

#include "base/text.h"

namespace certstead {
namespace {

constexpr std::size_t kMaxAnswer = 64 * 1024;
constexpr std::string_view kWayOut =
    ". Make port 80 of this name reach one of our servers, or switch the self check off.";

Error failed(const std::string& url, const std::string& why) {
  return unavailable("The self check of " + printable(url, 400) + " " + why + std::string(kWayOut),
                     "self-check");
}

bool is_forbidden_here(const Error& error) {
  return error.id == "egress-refused" || error.id == "tls-not-trusted";
}

}  // namespace

Status check_challenge(HttpClient& client, const std::string& name, const ChosenChallenge& challenge,
                       const SelfCheckPorts& ports, LogSink& log, Deadline deadline) {
  const std::string port = ports.http == 80 ? std::string() : ":" + std::to_string(ports.http);
  const std::string url = "http://" + name + port + "/.well-known/acme-challenge/" + challenge.token;
  RedirectRules rules;
  rules.max_hops = 5;
  rules.allow_downgrade = true;
  rules.ports = {ports.http, ports.https};
  const auto looked = follow_redirects(client, {"GET", url, {}, {}, kMaxAnswer}, rules, deadline);
  if (!looked) {
    if (!is_forbidden_here(looked.error())) return failed(url, "failed: " + looked.error().detail);
    log.warning("acme.self-check-not-possible", {{"name", name}, {"reason", looked.error().detail}});
    return Done{};
  }
  const std::string where = looked->hops == 0 ? std::string() : " at " + printable(looked->url, 300);
  const HttpResponse& response = looked->response;
  if (response.status != 200)
    return failed(url, "was answered with status " + std::to_string(response.status) + where);
  const std::string_view body = response.body;
  const std::size_t end = body.find_last_not_of(" \t\r\n");
  if (body.substr(0, end == std::string_view::npos ? 0 : end + 1) == challenge.key_authorization)
    return Done{};
  return failed(url, "got another answer" + where + ": \"" + printable(body, 80) + "\"");
}

}  // namespace certstead

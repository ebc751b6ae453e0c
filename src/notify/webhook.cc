#include "notify/webhook.h"

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace certstead {
namespace {

std::string seconds_of(Instant at) { return std::to_string(to_unix_ms(at) / 1000); }

}  // namespace

std::string webhook_signature(const SecretBytes& secret, Instant at, std::string_view body) {
  const std::string signed_text = seconds_of(at) + "." + std::string(body);
  return "sha256=" + hex_encode(hmac_sha256(secret, view_bytes(signed_text)));
}

HttpRequest webhook_request(const std::string& url, const SecretBytes& secret, Instant at,
                            const std::string& body) {
  HttpRequest out;
  out.method = "POST";
  out.url = url;
  out.headers = {{"Content-Type", "application/json"},
                 {"Certstead-Timestamp", seconds_of(at)},
                 {"Certstead-Signature", webhook_signature(secret, at, body)}};
  out.body = body;
  out.max_response_bytes = std::size_t{64} << 10;
  return out;
}

Status call_webhook(HttpClient& http, const HttpRequest& request, Deadline deadline) {
  TRY(const HttpResponse answer, http.send(request, deadline));
  const int status = answer.status;
  if (status >= 200 && status < 300) return Done{};
  const std::string what = "the webhook answers with the status " + std::to_string(status);
  if (status >= 300 && status < 400) {
    return denied(what + ", a redirect, which is not followed; give its new address", "webhook-redirect");
  }
  const bool for_good = status >= 400 && status < 500 && status != 408 && status != 425 && status != 429;
  if (for_good)
    return invalid(what + "; is its address right, and does it know the secret?", "webhook-refused");
  return unavailable(what, "webhook-unavailable");
}

}  // namespace certstead

// A signed call of a webhook.
#pragma once

#include "model/notify.h"
#include "net/http_client.h"

namespace certstead {

// "sha256=HEX" over "SECONDS.BODY".
std::string webhook_signature(const SecretBytes& secret, Instant at, std::string_view body);

// The request as it is sent.
HttpRequest webhook_request(const std::string& url, const SecretBytes& secret, Instant at,
                            const std::string& body);

// Calls it once. Success is a status of 200 to 299; a redirect is not followed. Errors of HttpClient::send;
// kInvalid for a status of 400 to 499 but 408, 425 and 429, kDenied for a redirect, kUnavailable for others.
Status call_webhook(HttpClient& http, const HttpRequest& request, Deadline deadline);

}  // namespace certstead

// The one place from which HTTP leaves the house. For http_client.cc alone.
#pragma once

#include <curl/curl.h>

#include "crypto/openssl.h"
#include "net/http_client.h"

namespace certstead {

using CurlHandle = std::unique_ptr<CURL, Freed<curl_easy_cleanup>>;

// Sends one request with `handle` under `options` and collects the answer; errors as HttpClient::send. The
// handle keeps its connections for the next call.
Result<HttpResponse> egress(CURL* handle, const HttpClientOptions& options, const HttpRequest& request,
                            Deadline deadline);

// A URL taken apart and checked: http or https, a host, no user, printable ASCII.
struct EgressUrl {
  std::string scheme, host, port;  // host without brackets
  std::string origin() const;      // "https://host:port"
};
Result<EgressUrl> parse_egress_url(std::string_view url);

// `location` resolved against `base` (RFC 3986 section 5). Error: kUnavailable if it can't be.
Result<std::string> resolve_url(const std::string& base, std::string_view location);

}  // namespace certstead

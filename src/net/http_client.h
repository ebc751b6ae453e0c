// Outgoing HTTP: one request, one answer, a deadline.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/secret.h"
#include "net/egress_policy.h"
#include "net/http_message.h"

namespace certstead {

struct HttpRequest {
  std::string method = "GET";
  std::string url = {};  // http or https; a user or password inside it is refused
  HttpHeaders headers = {};
  std::string body = {};
  std::size_t max_response_bytes = 1U << 20;  // of the body, after decoding of the transfer coding
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers = {};
  std::string body = {};
  // The Date header, if there was a valid one.
  std::optional<Instant> server_date;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Sends `request` once (never again by itself but on a kept connection that the peer closed before the
  // first byte) and reads the whole answer; any status is success, redirects included. Errors: kInvalid for a
  // request that can't be sent; kDenied when the egress policy or the peer's certificate forbids it;
  // kUnavailable (name not found, refused, time out, broken or too large answer); each names host and cause
  // and no header, query or body. Blocks until `deadline` at most. Safe from any thread.
  virtual Result<HttpResponse> send(const HttpRequest& request, Deadline deadline) = 0;
};

struct HttpClientOptions {
  EgressPolicy egress;
  // PEM certificates that are trusted; empty: those of the system.
  std::string trusted_roots_pem;
  // Beside trusted_roots_pem: a directory of roots under the hashes of their names (openssl rehash). Empty:
  // those in trusted_roots_pem alone are trusted.
  std::string trusted_roots_directory;
  // Our certificate (with its chain) and key for mutual TLS; both or neither. PEM.
  std::string client_certificate_pem;
  SecretBytes client_key_pem;
  // "http://host:port"; empty: none. Environment variables are never read. With a proxy it is the proxy that
  // resolves names, so the egress policy sees address literals in URLs only.
  std::string proxy;
  // Connect to this socket whatever host the URL names; the URL's host is still sent. Empty: TCP.
  std::string unix_socket;
  // "host:port:address": answers of name resolution that come before DNS. The egress policy still applies.
  std::vector<std::string> resolve;
  std::string user_agent = "certstead";
  Duration connect_timeout = std::chrono::seconds{10};
  // Most connections kept open between requests.
  std::size_t idle_connections = 8;
};

// The directory of the system's roots that libcurl was built for; empty if it has none.
std::string system_roots_directory();

// The client over libcurl: HTTP/1.1 on kept connections, TLS 1.2 or newer, no redirects, no cookies.
// The program must ignore SIGPIPE: a TLS peer that has gone would end it otherwise.
// Error: kInvalid for options that can't work (roots or key unreadable, bad resolve line).
Result<std::unique_ptr<HttpClient>> make_http_client(HttpClientOptions options);

struct RedirectRules {
  int max_hops = 10;
  // Whether a step from https to http is followed.
  bool allow_downgrade = false;
  // Ports that a redirect may name; empty: any.
  std::vector<std::uint16_t> ports;
};

struct FollowedResponse {
  HttpResponse response;
  std::string url = {};  // of the last request
  int hops = 0;
};

// Sends a GET or HEAD `request` and follows 301, 302, 303, 307 and 308 over http and https only. A step to
// another scheme, host or port drops Authorization, Cookie and Proxy-Authorization. Errors: those of `send`;
// kDenied for a step that `rules` forbid; kUnavailable after too many steps; kInvalid for another method.
Result<FollowedResponse> follow_redirects(HttpClient& client, HttpRequest request, const RedirectRules& rules,
                                          Deadline deadline);

}  // namespace certstead

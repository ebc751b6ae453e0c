// The TLS front end of a member: answers challenges and redirects on plain HTTP; on HTTPS serves what the TLS
// cache holds, in front of one upstream server or a static page.
#pragma once

#include <functional>
#include <memory>

#include "base/log_sink.h"
#include "headers/header_policy.h"
#include "net/http_server.h"

#include "responder/http01.h"

namespace certstead {

struct GatewayAddress {
  std::string address;  // "0.0.0.0", "::" (IPv6 only), "127.0.0.1"
  std::uint16_t port = 0;
  int inherited_fd = -1;  // in place of the two; taken over
};

struct GatewayPage {
  std::string content_type = "text/html; charset=utf-8";
  std::string body = {};
};

struct GatewayOptions {
  std::vector<GatewayAddress> https;
  std::vector<GatewayAddress> http;  // challenges and redirects
  // Readies the TLS context, made by the gateway, so that it has certificates: TlsCache::attach. Called once.
  std::function<Status(ssl_ctx_st*)> prepare_tls;
  // Where redirects lead; left out of them when it is 443.
  std::uint16_t public_https_port = 443;

  // "http://host:port" to pass requests on to; empty: `page` is served instead.
  std::string upstream = {};
  GatewayPage page = {};
  HeaderPolicy headers = {};

  HttpLimits limits = {};  // body_bytes holds here too; the default of the gateway is set by its constructor
  Duration upstream_connect = std::chrono::seconds{5};
  Duration upstream_answer = std::chrono::seconds{60};  // until its head, and between two pieces of its body
  std::size_t upstream_idle = 32;                       // connections kept per thread
  int threads = 1;
  Duration drain = std::chrono::seconds{10};

  GatewayOptions() { limits.body_bytes = std::size_t{10} << 30; }
};

struct GatewayStats {
  std::uint64_t requests = 0;           // whole heads that were read on HTTPS
  std::uint64_t upstream_failures = 0;  // answered 502 or 504, or cut off
  std::uint64_t upstream_connects = 0;  // new connections
  std::size_t connections = 0;          // open on HTTPS at this moment
};

class Gateway {
 public:
  // Listens and serves from then on. `answers` and `log` must outlive it. Errors: kInvalid for options that
  // contradict, a bad header policy or a bad upstream URL; those of HttpServer::start; those of
  // `prepare_tls`.
  static Result<std::unique_ptr<Gateway>> start(GatewayOptions options, const ChallengeAnswers& answers,
                                                LogSink& log);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  // Stops as stop() does.
  ~Gateway();

  // The ports of https[index] and http[index].
  std::uint16_t https_port(std::size_t index = 0) const;
  std::uint16_t http_port(std::size_t index = 0) const;

  // Holds for every response that begins from now on. Error: kInvalid; the old policy stays. From any thread.
  Status set_headers(HeaderPolicy headers);
  GatewayStats stats() const;

  // Listens no more, closes idle connections, lets running requests end (at most `drain`), then cuts the
  // rest. Doing it twice is harmless.
  void stop();

 private:
  class Impl;
  explicit Gateway(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace certstead

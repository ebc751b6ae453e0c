// A server on this host, and clients that may talk to it.
#pragma once

#include <gtest/gtest.h>

#include "log/capture_log.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/test_tls.h"

namespace certstead {

struct Server {
  explicit Server(HttpHandler handler, SSL_CTX* tls = nullptr) {
    HttpServerOptions options;
    options.listeners.push_back({.address = "127.0.0.1", .tls = tls});
    auto started = HttpServer::start(std::move(options), std::move(handler), log);
    EXPECT_TRUE(started) << started.error().detail;
    server = std::move(*started);
  }
  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(server->port()) + path;
  }
  std::string secure_url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(server->port()) + "/";
  }
  std::string resolve(const std::string& host) const {
    return host + ":" + std::to_string(server->port()) + ":127.0.0.1";
  }
  CaptureLog log;
  std::unique_ptr<HttpServer> server;
};

inline std::unique_ptr<HttpClient> client_with(HttpClientOptions options) {
  auto client = make_http_client(std::move(options));
  EXPECT_TRUE(client) << client.error().detail;
  return std::move(*client);
}

inline std::unique_ptr<HttpClient> local_client() {
  HttpClientOptions options;
  options.egress = *EgressPolicy::with_allowed({"127.0.0.0/8"});
  return client_with(std::move(options));
}

inline Deadline soon() { return Deadline::after(std::chrono::seconds{20}); }

}  // namespace certstead

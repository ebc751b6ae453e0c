// For tests: an HTTP server on the loopback that notes what it was asked.
#pragma once

#include <gtest/gtest.h>

#include <mutex>

#include "log/capture_log.h"
#include "net/http_server.h"

namespace certstead {

class RecordingServer {
 public:
  // `inner` answers; without it, "seen " with the target and the body.
  explicit RecordingServer(HttpServerOptions options, HttpHandler inner = nullptr) {
    if (options.listeners.empty()) options.listeners.emplace_back().address = "127.0.0.1";
    auto started = HttpServer::start(
        std::move(options),
        [this, inner](const HttpExchange& exchange) {
          {
            const std::lock_guard hold(mutex_);
            seen_.push_back(exchange);
          }
          if (inner) return inner(exchange);
          return HttpReply{200, {{"Content-Type", "text/plain"}}, "seen " + exchange.target + exchange.body};
        },
        log_);
    EXPECT_TRUE(started) << started.error().detail;
    server_ = std::move(*started);
  }
  explicit RecordingServer(HttpHandler inner = nullptr)
      : RecordingServer(HttpServerOptions{}, std::move(inner)) {}

  std::vector<HttpExchange> seen() const {
    const std::lock_guard hold(mutex_);
    return seen_;
  }
  std::uint16_t port() const { return server_->port(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
  HttpServer& server() { return *server_; }

 private:
  CaptureLog log_;
  mutable std::mutex mutex_;
  std::vector<HttpExchange> seen_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace certstead

// For tests: an HTTP server on a free port of 127.0.0.1.
#pragma once

#include "net/http_server.h"

namespace certstead {

// Plain, or with `tls`. Throws where it can't start; `log` must outlive it.
inline std::unique_ptr<HttpServer> loopback_server(HttpHandler handler, LogSink& log,
                                                   ssl_ctx_st* tls = nullptr) {
  HttpServerOptions options;
  HttpListener& listener = options.listeners.emplace_back();
  listener.address = "127.0.0.1";
  listener.tls = tls;
  return HttpServer::start(std::move(options), std::move(handler), log).value();
}

}  // namespace certstead

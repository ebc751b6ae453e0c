// The manager's REST API.
#pragma once

#include <memory>

#include "base/log_sink.h"
#include "manager/manager.h"
#include "net/http_server.h"

namespace certstead {

struct ApiOptions {
  std::string version;          // of the program, as /api/v1/version tells
  std::size_t long_polls = 16;  // handlers that may wait at a time; keep it below the server's workers
  Duration longest_wait{60'000};
  Duration poll_interval{150};  // how often a waiting handler looks again
};

class Api {
 public:
  // Everything behind `manager` and `log` must outlive this object.
  Api(Manager manager, ApiOptions options, LogSink& log);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;
  ~Api();

  // Answers one request. Blocks for the use case, a long poll at most `longest_wait`. Safe from any thread.
  // Never throws. Below /api only callers with peer credentials (a Unix socket) are served.
  HttpReply handle(const HttpExchange& http);
  // Ends the waiting of all long polls, now and later; call it before HttpServer::stop.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace certstead

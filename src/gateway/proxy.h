// Passes one request on to the upstream and its answer back, streaming both ways. Only for .cc files that use
// Asio.
#pragma once

#include <atomic>

#include "gateway/proxy_headers.h"
#include "gateway/upstream.h"
#include "net/connection_host.h"

namespace certstead {

struct ProxyCounters {
  std::atomic<std::uint64_t> upstream_failures{0}, upstream_connects{0};
};

// What all exchanges of a gateway share.
struct ProxySetup {
  HttpLimits limits;
  Duration upstream_answer;
  // Applies the header policy to a response that leaves over TLS.
  std::function<void(HttpHeaders&)> finish_headers;
  LogSink& log;
  ProxyCounters& counters;
};

// One request and its answer.
class ProxyExchange {
 public:
  enum class Outcome {
    kNext,   // the client's connection is good for another request
    kClose,  // say goodbye and close
    kCut,    // close at once: the client must not take what it got for whole
  };

  // `reader` has just read the head of a request; all references must outlive run().
  ProxyExchange(const ProxySetup& setup, UpstreamPool& pool, HostedConnection& client, Http1Reader& reader,
                RequestTarget target, bool keep_alive);

  asio::awaitable<Outcome> run();

 private:
  // A failure with the status that tells the client of it.
  struct Failure {
    int status;
    std::string text;
  };
  asio::awaitable<Status> ask_upstream(bool fresh);
  asio::awaitable<Status> send_request(bool fresh);
  asio::awaitable<void> pump_request();
  asio::awaitable<void> end_pump();
  asio::awaitable<Status> read_answer();
  asio::awaitable<Outcome> relay_answer();
  asio::awaitable<Status> relay_body(BodyFraming framing);
  asio::awaitable<Outcome> fail(const Error& error);
  Failure judge(const Error& error) const;
  bool may_repeat() const;

  const ProxySetup& setup_;
  UpstreamPool& pool_;
  HostedConnection& client_;
  Http1Reader& reader_;
  const Http1Head head_;
  const RequestTarget target_;
  const bool keep_alive_;
  std::unique_ptr<UpstreamConnection> upstream_;

  // The body of the request, sent beside the reading of the answer.
  BodyFraming framing_ = BodyFraming::kNone;
  bool pumping_ = false;
  bool body_sent_ = false;             // all of it
  std::optional<Error> client_error_;  // why the client's body could not be read
  bool client_gone_ = false;           // it takes no answer any more
  asio::steady_timer pump_over_;
};

}  // namespace certstead

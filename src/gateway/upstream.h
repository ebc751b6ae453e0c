// Connections to the server behind the gateway. Only for .cc files that use Asio.
#pragma once

#include "net/http1_io.h"

namespace certstead {

// "http://host:port", taken apart.
struct UpstreamAddress {
  std::string host;  // without brackets
  std::uint16_t port = 80;
  // Error: kInvalid for another scheme, a path, a user.
  static Result<UpstreamAddress> parse(std::string_view url);
};

struct UpstreamConnection {
  UpstreamConnection(std::unique_ptr<Stream> connected, Http1Parser::Limits limits)
      : stream(std::move(connected)), reader(*stream, Http1Parser::Kind::kResponse, limits) {}
  std::unique_ptr<Stream> stream;
  Http1Reader reader;
  bool reused = false;
  std::chrono::steady_clock::time_point idle_since{};
};

// The connections of one loop thread, used on it alone.
class UpstreamPool {
 public:
  struct Options {
    UpstreamAddress address;
    Duration connect_time;
    std::size_t idle;
  };
  UpstreamPool(asio::io_context& context, Options options)
      : context_(context), options_(std::move(options)) {}

  // A kept connection that is still fit, or with `fresh`, or without one, a new one. Errors: kUnavailable.
  asio::awaitable<Result<std::unique_ptr<UpstreamConnection>>> take(bool fresh);
  // Keeps a connection whose last exchange is over.
  void give_back(std::unique_ptr<UpstreamConnection> connection);
  void clear() { idle_.clear(); }

 private:
  std::unique_ptr<UpstreamConnection> take_idle();
  asio::awaitable<Result<std::vector<IpAddress>>> resolve();

  asio::io_context& context_;
  const Options options_;
  std::vector<std::unique_ptr<UpstreamConnection>> idle_;
  std::vector<IpAddress> addresses_;  // as last resolved
  std::chrono::steady_clock::time_point resolved_at_{};
};

}  // namespace certstead

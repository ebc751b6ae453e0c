// Accepts connections, counts them, keeps them to be told when the end comes, and hands each to a coroutine.
// What HttpServer and the gateway have in common. Only for .cc files that use Asio.
#pragma once

#include <condition_variable>
#include <functional>
#include <stop_token>
#include <unordered_set>

#include "base/log_sink.h"
#include "net/connection_caps.h"
#include "net/listen_socket.h"
#include "net/stream.h"

namespace certstead {

using SslContext = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;

struct HostedConnection {
  HostedConnection(asio::io_context& loop, int family, int fd) : context(loop), stream(loop, family, fd) {}
  asio::io_context& context;
  Stream stream;
  std::size_t listener = 0;
  std::size_t lane = 0;  // of the loop
  std::optional<IpAddress> remote;
  std::optional<PeerCredentials> peer;
  // True while nothing would be lost with it: such a connection is cut at once when the host stops.
  bool idle = false;
};

class ConnectionHost {
 public:
  struct Limits {
    std::size_t connections, connections_per_address;
    Duration tls_time;
  };
  // Serves one connection, TLS done, until it is over.
  using Serve = std::function<asio::awaitable<void>(HostedConnection&)>;

  // `loop` and `log` must outlive it.
  ConnectionHost(IoLoop& loop, Limits limits, LogSink& log);
  ConnectionHost(const ConnectionHost&) = delete;
  ConnectionHost& operator=(const ConnectionHost&) = delete;
  // stop() must have been called, and the loop be stopped.
  ~ConnectionHost();

  // Binds; nothing is accepted before run(). Errors as HttpServer::start.
  Status listen(const HttpListener& where);
  void run(Serve serve);
  std::uint16_t port(std::size_t index) const;
  bool stopping() const { return stop_.stop_requested(); }
  std::stop_token stop_token() const { return stop_.get_token(); }
  std::size_t open() const { return caps_.open(); }

  // Accepts no more, cuts idle connections, waits at most `drain` for the others, then cuts those too and
  // waits for their coroutines, a second at most.
  void stop(Duration drain);

 private:
  struct Listener {
    ListenSocket socket;
    SslContext tls;
  };
  asio::awaitable<void> accept(std::size_t index, int fd);
  void take(std::size_t index, int fd, std::optional<IpAddress> remote);
  asio::awaitable<void> host(std::size_t lane, std::size_t index, int fd, std::optional<IpAddress> remote);
  void cut(bool idle_only);
  bool wait_empty(Duration span);

  IoLoop& loop_;
  const Limits limits_;
  LogSink& log_;
  ConnectionCaps caps_;
  Serve serve_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::unordered_set<HostedConnection*>> live_;  // by lane; each touched on its own thread only
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t running_ = 0;  // coroutines of connections and listeners; guarded by mutex_
  std::vector<std::function<void()>> close_listeners_;
};

}  // namespace certstead

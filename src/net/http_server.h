// An HTTP/1.1 server over TCP, TLS or a Unix socket, with handlers that may block.
#pragma once

#include <sys/types.h>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log_sink.h"
#include "net/http_message.h"
#include "net/ip_address.h"

struct ssl_ctx_st;

namespace certstead {

struct PeerCredentials {
  uid_t uid;
  gid_t gid;
  pid_t pid;
};

// One request as the handler sees it: parsed strictly (RFC 9112), body complete.
struct HttpExchange {
  std::string method;  // "GET", always upper case as sent
  std::string target;  // as sent: "/a/b?c=d"; an absolute-form target is reduced to this
  std::string path;    // the part before '?', percent-encoding left alone
  std::string query;   // the part after '?', or ""
  std::string host;    // the Host field, or the authority of an absolute-form target; may hold a port
  HttpHeaders headers;
  std::string body;
  bool tls = false;
  // Of the connection; nothing on a Unix socket.
  std::optional<IpAddress> remote;
  // Of the process at the other end of a Unix socket, as the kernel told it at connect.
  std::optional<PeerCredentials> peer;
  // DER of the client's certificate if the TLS context asked for one and verified it; else empty.
  Bytes client_certificate;
  // The name the client asked for in TLS (SNI), or "".
  std::string tls_server_name;
  // Told when the server stops: a handler that waits (long poll) should answer then.
  std::stop_token stop;
};

struct HttpReply {
  int status = 200;
  // Without Content-Length, Transfer-Encoding, Connection and Date: the server writes those.
  HttpHeaders headers;
  std::string body;
};

// Runs on a worker thread and may block (long polls); several run at once. An exception becomes a 500 without
// detail.
using HttpHandler = std::function<HttpReply(const HttpExchange&)>;

// Where to listen: give `unix_path`, or `address` with `port`, or `inherited_fd`.
struct HttpListener {
  std::filesystem::path unix_path = {};
  mode_t unix_mode = 0660;
  std::string unix_group = {};  // owner group of the socket; empty: the process's own
  std::string address = {};     // "127.0.0.1", "::", "0.0.0.0"; "::" takes IPv6 only
  std::uint16_t port = 0;       // 0: the system chooses, see HttpServer::port
  int inherited_fd = -1;        // a listening socket handed over (systemd); taken over by the server
  ssl_ctx_st* tls = nullptr;    // null: plain. The server takes a reference of its own
};

struct HttpLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t header_count = 100;
  Duration header_time = std::chrono::seconds{10};  // from the first byte of a request to its blank line
  Duration tls_time = std::chrono::seconds{10};     // for the handshake
  Duration idle_time = std::chrono::seconds{60};    // between requests
  std::size_t body_bytes = 1U << 20;
  // Slowest body that is still taken, measured over the whole body after a grace of `body_grace`.
  std::size_t body_bytes_per_second = 500;
  Duration body_grace = std::chrono::seconds{10};
  Duration write_time = std::chrono::seconds{60};  // without any progress
  std::size_t connections = 4096;
  std::size_t connections_per_address = 256;
};

struct HttpServerOptions {
  std::vector<HttpListener> listeners;
  HttpLimits limits;
  std::size_t workers = 8;    // handlers at once
  std::size_t queued = 1024;  // requests that wait for a worker; more are answered 503
  int loop_threads = 1;       // threads that move bytes
  // Called last with every reply, refusals included, and whether it leaves over TLS; runs on any thread.
  std::function<void(HttpReply&, bool tls)> before_send;
  std::string server_name;                    // the Server header; empty: none
  Duration drain = std::chrono::seconds{10};  // how long stop() waits for running requests
};

class HttpServer {
 public:
  // Binds every listener and serves from then on. A socket file that nobody listens on any more is replaced.
  // Errors: kInvalid for options that contradict, kConflict for an address in use or a socket with a living
  // server, kDenied for a port or path that needs more rights. `log` must outlive the server.
  static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, HttpHandler handler,
                                                   LogSink& log);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  // Stops as stop() does.
  ~HttpServer();

  // The TCP port of listener `index` (in the order given); 0 for a Unix socket.
  std::uint16_t port(std::size_t index = 0) const;

  // Listens no more, closes idle connections, lets running requests end (at most `drain`), then cuts the
  // rest; removes its socket files. Blocks until all threads are gone. Doing it twice is harmless. Not to be
  // called from a handler.
  void stop();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace certstead

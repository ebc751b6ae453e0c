// One connection, plain or TLS, read and written by coroutines with time limits. Only for .cc files that use
// Asio. Belongs to one loop thread and is used on it alone.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/bytes.h"
#include "base/clock.h"
#include "crypto/openssl.h"
#include "net/io_loop_asio.h"
#include "net/ip_address.h"

namespace certstead {

using SslHandle = std::unique_ptr<SSL, Freed<SSL_free>>;

class Stream {
 public:
  // Takes over a connected socket of `family`, which does not block.
  Stream(asio::io_context& context, int family, int fd);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream();

  // Opens a TCP connection. Errors: kUnavailable with the system's reason or a time-out; kInternal.
  static asio::awaitable<Result<std::unique_ptr<Stream>>> connect(asio::io_context& context,
                                                                  IpAddress address, std::uint16_t port,
                                                                  Deadline deadline);

  // Speaks TLS 1.2 or 1.3 as the server from here on, without compression and renegotiation. Errors:
  // kUnavailable.
  asio::awaitable<Status> accept_tls(SSL_CTX* context, Deadline deadline);

  // Reads what there is, at least one byte, into `into`; 0 at the end of the stream. Errors: kUnavailable,
  // with the id "timeout" when `deadline` passed.
  asio::awaitable<Result<std::size_t>> read(std::span<char> into, Deadline deadline);
  // Writes everything; fails when nothing moves for `stall`.
  asio::awaitable<Status> write(std::string_view data, Duration stall);
  // Says goodbye so that the peer gets all that was written: it may still be sending, which would make the
  // kernel reset the connection. Takes a second at most.
  asio::awaitable<void> close_gently();

  // Makes reads, present and future, fail at once, and nothing else. On the loop thread only.
  void stop_reading();
  // Makes every operation, present and future, fail at once. On the loop thread only.
  void cancel();
  // Whether the peer has closed or sent something: a kept connection that is not fit for a new request.
  bool is_stale();

  int fd() { return socket_.native_handle(); }
  bool is_tls() const { return ssl_ != nullptr; }
  std::string tls_server_name() const;
  // DER of the peer's certificate if TLS verified it; else empty.
  Bytes verified_peer_certificate() const;

 private:
  using Socket = asio::generic::stream_protocol::socket;
  // Shared with timer handlers, which may run when the stream is gone already.
  struct Alarm {
    Alarm(asio::io_context& context, Stream* owner) : timer(context), stream(owner) {}
    asio::steady_timer timer;
    Stream* stream;
    std::uint64_t round = 0;
    bool rang = false;
  };
  enum class Need { kNothing, kRead, kWrite, kEnd, kFailed };
  struct Attempt {
    Need need;
    std::size_t size = 0;
  };
  Attempt try_read(std::span<char> into);
  Attempt try_write(std::string_view data);
  Attempt judge_tls(int result);
  asio::awaitable<Status> wait(Need need, std::shared_ptr<Alarm> alarm, Deadline deadline);

  asio::io_context& context_;
  Socket socket_;
  SslHandle ssl_;
  std::shared_ptr<Alarm> read_alarm_, write_alarm_;
  int streak_ = 0;  // reads in a row that did not have to wait
  bool cancelled_ = false;
  bool reading_stopped_ = false;
  bool broken_tls_ = false;  // no close_notify after a TLS error
};

}  // namespace certstead

#include "net/stream.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

#include "net/socket_options.h"

namespace certstead {
namespace {

constexpr Duration kGoodbye = std::chrono::seconds{1};
constexpr int kMostInARow = 16;
constexpr std::size_t kMostDropped = 256 * 1024;

Error timed_out() { return unavailable("the peer took too long", "timeout"); }
Error broken(int code) { return unavailable(std::string("the connection broke: ") + std::strerror(code)); }

}  // namespace

Stream::Stream(asio::io_context& context, int family, int fd)
    : context_(context),
      socket_(context, asio::generic::stream_protocol(family, 0), fd),
      read_alarm_(std::make_shared<Alarm>(context, this)),
      write_alarm_(std::make_shared<Alarm>(context, this)) {}

Stream::~Stream() {
  read_alarm_->stream = nullptr;
  write_alarm_->stream = nullptr;
}

// Waits until the socket is ready. The timer ends the wait by cancelling every operation of the socket; the
// one in the other direction sees that it was not meant, and waits again.
asio::awaitable<Status> Stream::wait(Need need, std::shared_ptr<Alarm> alarm, Deadline deadline) {
  alarm->rang = false;
  const std::uint64_t round = ++alarm->round;
  alarm->timer.expires_at(deadline.at());
  alarm->timer.async_wait([alarm, round](const boost::system::error_code& code) {
    if (code || alarm->round != round || alarm->stream == nullptr) return;
    alarm->rang = true;
    boost::system::error_code ignored;
    alarm->stream->socket_.cancel(ignored);
  });
  boost::system::error_code code;
  do {
    if (cancelled_) break;
    co_await socket_.async_wait(need == Need::kWrite ? Socket::wait_write : Socket::wait_read,
                                asio::redirect_error(asio::use_awaitable, code));
  } while (code == asio::error::operation_aborted && !alarm->rang && !cancelled_);
  ++alarm->round;
  alarm->timer.cancel();
  if (cancelled_) co_return unavailable("the connection was given up", "cancelled");
  if (alarm->rang) co_return timed_out();
  if (code) co_return broken(code.value());
  co_return Done{};
}

asio::awaitable<Result<std::unique_ptr<Stream>>> Stream::connect(asio::io_context& context, IpAddress address,
                                                                 std::uint16_t port, Deadline deadline) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_in);
  if (address.is_v4()) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.bytes().data(), 4);
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes().data(), 16);
    size = sizeof v6;
  }
  const int fd = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) co_return unavailable(std::string("no socket to be had: ") + std::strerror(errno));
  auto stream = std::make_unique<Stream>(context, storage.ss_family, fd);
  send_at_once(fd);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&storage), size) != 0) {
    if (errno != EINPROGRESS) co_return unavailable(std::strerror(errno));
    if (auto ready = co_await stream->wait(Need::kWrite, stream->write_alarm_, deadline); !ready) {
      co_return std::move(ready).error();
    }
    int code = 0;
    socklen_t code_size = sizeof code;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &code_size);
    if (code != 0) co_return unavailable(std::strerror(code));
  }
  co_return stream;
}

asio::awaitable<Status> Stream::accept_tls(SSL_CTX* context, Deadline deadline) {
  ssl_.reset(SSL_new(context));
  if (!ssl_ || SSL_set_fd(ssl_.get(), fd()) != 1) co_return internal("TLS could not be set up");
  SSL_set_min_proto_version(ssl_.get(), TLS1_2_VERSION);
  SSL_set_options(ssl_.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // One system call for a record instead of two.
  SSL_set_read_ahead(ssl_.get(), 1);
  while (true) {
    ERR_clear_error();
    const Attempt attempt = judge_tls(SSL_accept(ssl_.get()));
    if (attempt.need == Need::kNothing) {
      // From now on an idle connection holds no record buffers; during the handshake they are needed all
      // along.
      SSL_set_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
      co_return Done{};
    }
    if (attempt.need == Need::kEnd) co_return unavailable("the client left during the TLS handshake");
    if (attempt.need == Need::kFailed) {
      const char* reason = ERR_reason_error_string(ERR_peek_error());
      co_return unavailable(std::string("the TLS handshake failed: ") +
                            (reason == nullptr ? "connection broken" : reason));
    }
    if (auto ready = co_await wait(attempt.need, read_alarm_, deadline); !ready)
      co_return std::move(ready).error();
  }
}

Stream::Attempt Stream::judge_tls(int result) {
  if (result > 0) return {Need::kNothing, static_cast<std::size_t>(result)};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {Need::kRead};
    case SSL_ERROR_WANT_WRITE:
      return {Need::kWrite};
    case SSL_ERROR_ZERO_RETURN:
      return {Need::kEnd};
    default:
      broken_tls_ = true;
      return {Need::kFailed};
  }
}

Stream::Attempt Stream::try_read(std::span<char> into) {
  if (ssl_) {
    ERR_clear_error();
    return judge_tls(SSL_read(ssl_.get(), into.data(), static_cast<int>(into.size())));
  }
  const ssize_t got = ::recv(fd(), into.data(), into.size(), 0);
  if (got > 0) return {Need::kNothing, static_cast<std::size_t>(got)};
  if (got == 0) return {Need::kEnd};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {Need::kRead};
  return {Need::kFailed};
}

Stream::Attempt Stream::try_write(std::string_view data) {
  if (ssl_) {
    ERR_clear_error();
    return judge_tls(
        SSL_write(ssl_.get(), data.data(), static_cast<int>(std::min<std::size_t>(data.size(), 1 << 20))));
  }
  const ssize_t put = ::send(fd(), data.data(), data.size(), MSG_NOSIGNAL);
  if (put >= 0) return {Need::kNothing, static_cast<std::size_t>(put)};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {Need::kWrite};
  return {Need::kFailed};
}

asio::awaitable<Result<std::size_t>> Stream::read(std::span<char> into, Deadline deadline) {
  while (true) {
    if (cancelled_ || reading_stopped_) co_return unavailable("the connection was given up", "cancelled");
    // A peer that sends without pause must not keep the other connections of this thread waiting.
    if (++streak_ > kMostInARow) {
      streak_ = 0;
      co_await asio::post(context_, asio::use_awaitable);
    }
    const Attempt attempt = try_read(into);
    if (attempt.need == Need::kNothing) co_return attempt.size;
    if (attempt.need == Need::kEnd) co_return std::size_t{0};
    if (attempt.need == Need::kFailed) co_return unavailable("the connection broke");
    if (auto ready = co_await wait(attempt.need, read_alarm_, deadline); !ready)
      co_return std::move(ready).error();
  }
}

asio::awaitable<Status> Stream::write(std::string_view data, Duration stall) {
  while (!data.empty()) {
    if (cancelled_) co_return unavailable("the connection was given up", "cancelled");
    const Attempt attempt = try_write(data);
    if (attempt.need == Need::kNothing) {
      data.remove_prefix(attempt.size);
      continue;
    }
    if (attempt.need == Need::kEnd || attempt.need == Need::kFailed)
      co_return unavailable("the connection broke");
    auto ready = co_await wait(attempt.need, write_alarm_, Deadline::after(stall));
    if (!ready) co_return std::move(ready).error();
  }
  co_return Done{};
}

asio::awaitable<void> Stream::close_gently() {
  if (ssl_ && !broken_tls_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  ::shutdown(fd(), SHUT_WR);
  const Deadline deadline = Deadline::after(kGoodbye);
  std::array<char, 4096> dropped;
  std::size_t total = 0;
  // Below TLS: what still comes is not read any more.
  while (!cancelled_ && total < kMostDropped) {
    const ssize_t got = ::recv(fd(), dropped.data(), dropped.size(), 0);
    if (got > 0) {
      total += static_cast<std::size_t>(got);
      continue;
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) co_return;
    if (!co_await wait(Need::kRead, read_alarm_, deadline)) co_return;
  }
}

void Stream::stop_reading() {
  reading_stopped_ = true;
  read_alarm_->rang = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Stream::cancel() {
  cancelled_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

bool Stream::is_stale() {
  char byte = 0;
  return ::recv(fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

std::string Stream::tls_server_name() const {
  const char* name = ssl_ ? SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name) : nullptr;
  return name == nullptr ? "" : name;
}

Bytes Stream::verified_peer_certificate() const {
  if (!ssl_ || SSL_get_verify_result(ssl_.get()) != X509_V_OK) return {};
  const X509Handle certificate(SSL_get1_peer_certificate(ssl_.get()));
  if (!certificate) return {};
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  if (size <= 0) return {};
  Bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

}  // namespace certstead
